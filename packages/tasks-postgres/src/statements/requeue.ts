import type { Prepared } from '../database.ts';
import { NOW, STATE, type Tables } from '../names.ts';

/**
 * Makes the task $2 of the failed task $1, with its steps and its ledger; questions that were open are taken back. `|| ''` keeps
 * the index of failures out of it: the task is read by its id.
 */
export const requeueStatement = ({ tasks, steps, questions }: Tables): Prepared => ({
  name: 'switchyard-requeue',
  text: `
WITH made AS (
  INSERT INTO ${tasks} AS t (id, owner, method, tool, status, created_at, updated_at, ttl_ms, retention_ms,
    poll_interval_ms, priority, due_at, ledger, params, context)
  SELECT $2, f.owner, f.method, f.tool, 'working', ${NOW}, ${NOW}, f.ttl_ms, f.retention_ms,
    f.poll_interval_ms, f.priority, ${NOW}, f.ledger, f.params, f.context
  FROM ${tasks} f WHERE f.id = $1 AND f.status || '' = 'failed'
  RETURNING ${STATE}
), made_steps AS (
  INSERT INTO ${steps} (task_id, name, result)
  SELECT $2, s.name, s.result FROM ${steps} s WHERE s.task_id = $1 AND EXISTS (SELECT FROM made) ORDER BY s.position
), made_questions AS (
  INSERT INTO ${questions} (task_id, key, request, state, answer)
  SELECT $2, q.key, q.request, CASE q.state WHEN 'open' THEN 'withdrawn' ELSE q.state END, q.answer
  FROM ${questions} q WHERE q.task_id = $1 AND EXISTS (SELECT FROM made) ORDER BY q.position
)
SELECT * FROM made`,
});
