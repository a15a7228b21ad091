/** One row: when the last sweep was. */
export const sql = `
CREATE TABLE {schema}.sweeps (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  swept_at bigint NOT NULL
)`;
