/** The input ledger: every question ever asked, in the order of its position. */
export const sql = `
CREATE TABLE questions (
  position INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'withdrawn')),
  answer TEXT,
  UNIQUE (task_id, key)
) STRICT`;
