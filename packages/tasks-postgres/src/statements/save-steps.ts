import type { Prepared } from '../database.ts';
import { HELD, type Tables } from '../names.ts';

/** Keeps results of steps. The tasks are written too, so that a claim that comes between waits for them or shuts them out. */
export const saveStepsStatement = ({ tasks, steps }: Tables): Prepared => ({
  name: 'switchyard-save-steps',
  text: `
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS g (n int, id text, token int, name text, result text)
), held AS (
  UPDATE ${tasks} t SET ledger = true FROM (SELECT DISTINCT id, token FROM given) g WHERE ${HELD} RETURNING t.id, t.token
), kept AS (
  INSERT INTO ${steps} (task_id, name, result)
  SELECT g.id, g.name, g.result FROM given g JOIN held USING (id, token) ORDER BY g.n
  ON CONFLICT DO NOTHING
)
SELECT g.n FROM given g JOIN held USING (id, token)`,
});
