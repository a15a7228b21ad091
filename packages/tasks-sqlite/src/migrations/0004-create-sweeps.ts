/** One row: when the last sweep was. */
export const sql =
  'CREATE TABLE sweeps (one INTEGER PRIMARY KEY CHECK (one = 1), swept_at INTEGER NOT NULL) STRICT';
