import type { Prepared } from '../database.ts';
import { ALIVE, ENDED, NOW, type Tables } from '../names.ts';

/** Takes the turn, if the last sweep is $1 milliseconds ago; then removes and fails at most $2 tasks of either kind; they fail with $3, $4 and $5. */
export const sweepStatement = ({ tasks, steps, questions, sweeps }: Tables): Prepared => ({
  name: 'switchyard-sweep',
  text: `
WITH turn AS (
  UPDATE ${sweeps} SET swept_at = ${NOW}
  WHERE one AND one IN (
    SELECT one FROM ${sweeps} WHERE swept_at <= ${NOW} - $1::bigint FOR UPDATE SKIP LOCKED
  )
  RETURNING one
), overdue AS MATERIALIZED (
  SELECT t.id FROM ${tasks} t
  WHERE t.finished_at IS NULL AND t.ttl_ms IS NOT NULL AND t.created_at + t.ttl_ms <= ${NOW}
    AND EXISTS (SELECT FROM turn)
  ORDER BY t.created_at + t.ttl_ms LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
), late AS (
  UPDATE ${tasks} t SET status = $3, error = $4, status_message = $5, ${ENDED}
  FROM overdue WHERE t.id = overdue.id AND ${ALIVE}
  RETURNING t.id
), removable AS MATERIALIZED (
  SELECT t.id FROM ${tasks} t
  WHERE t.finished_at IS NOT NULL AND t.ttl_ms IS NOT NULL AND t.created_at + t.ttl_ms <= ${NOW}
    AND EXISTS (SELECT FROM turn)
  ORDER BY t.created_at + t.ttl_ms LIMIT $2 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM ${tasks} t USING removable WHERE t.id = removable.id RETURNING t.id, t.ledger
), gone_steps AS (
  DELETE FROM ${steps} s USING gone WHERE gone.ledger AND s.task_id = gone.id
), gone_questions AS (
  DELETE FROM ${questions} q USING gone WHERE gone.ledger AND q.task_id = gone.id
)
SELECT (SELECT json_agg(id) FROM late) AS expired, (SELECT count(*) FROM gone) AS removed FROM turn`,
});
