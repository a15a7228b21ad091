/** The last changes, for other processes: they remember the number up to which they have read. */
export const sql = `
CREATE TABLE changes (
  number INTEGER PRIMARY KEY,
  writer TEXT NOT NULL,
  task_id TEXT NOT NULL,
  due INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL
) STRICT`;
