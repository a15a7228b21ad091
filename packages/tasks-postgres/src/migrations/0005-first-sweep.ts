/** The row that sweeps take turns on. */
export const sql = 'INSERT INTO {schema}.sweeps (swept_at) VALUES (0)';
