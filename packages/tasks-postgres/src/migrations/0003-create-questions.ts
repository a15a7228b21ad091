/** The input ledger: every question ever asked, in the order of its position. */
export const sql = `
CREATE TABLE {schema}.questions (
  task_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  request text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'answered', 'withdrawn')),
  answer text,
  PRIMARY KEY (task_id, key)
)`;
