/** The row that sweeps take turns on. */
export const sql = 'INSERT INTO sweeps (one, swept_at) VALUES (1, 0)';
