/** The results of steps that are done, in the order of their position. */
export const sql = `
CREATE TABLE {schema}.steps (
  task_id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  result text NOT NULL,
  PRIMARY KEY (task_id, name)
)`;
