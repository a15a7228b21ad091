/** The results of steps that are done, in the order of their position. */
export const sql = `
CREATE TABLE steps (
  position INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL,
  name TEXT NOT NULL,
  result TEXT NOT NULL,
  UNIQUE (task_id, name)
) STRICT`;
