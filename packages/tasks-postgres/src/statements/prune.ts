import type { Prepared } from '../database.ts';
import { NOW, type Tables } from '../names.ts';

/** Removes at most $3 tasks that have been terminal for $1 milliseconds, those with the status $2 where it is given. */
export const pruneStatement = ({ tasks, steps, questions }: Tables): Prepared => ({
  name: 'switchyard-prune',
  text: `
WITH removable AS MATERIALIZED (
  SELECT t.id FROM ${tasks} t WHERE t.finished_at <= ${NOW} - $1::bigint AND ($2::text IS NULL OR t.status = $2)
  ORDER BY t.finished_at LIMIT $3 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM ${tasks} t USING removable WHERE t.id = removable.id RETURNING t.id, t.ledger
), gone_steps AS (
  DELETE FROM ${steps} s USING gone WHERE gone.ledger AND s.task_id = gone.id
), gone_questions AS (
  DELETE FROM ${questions} q USING gone WHERE gone.ledger AND q.task_id = gone.id
)
SELECT count(*) AS removed FROM gone`,
});
