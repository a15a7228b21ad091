import type { Prepared } from '../database.ts';
import { NOW, SEEN, type Tables } from '../names.ts';

/** Takes the answers $3 to open questions of the task $1 of the owner $2. The task is locked first, so that one answer wins. */
export const answerStatement = ({ tasks, questions }: Tables): Prepared => ({
  name: 'switchyard-answer',
  text: `
WITH held AS MATERIALIZED (
  SELECT t.id, t.status, t.open_questions FROM ${tasks} t WHERE t.id = $1 AND t.owner = $2 FOR NO KEY UPDATE
), taken AS (
  UPDATE ${questions} q SET state = 'answered', answer = a.value FROM held h, json_each_text($3::json) AS a
  WHERE h.status = 'input_required' AND q.task_id = h.id AND q.key = a.key AND q.state = 'open'
  RETURNING q.key, q.position
), counted AS (
  SELECT h.id, h.open_questions - (SELECT count(*) FROM taken) AS open FROM held h
), changed AS (
  UPDATE ${tasks} t SET open_questions = c.open,
    status = CASE WHEN c.open > 0 THEN 'input_required' ELSE 'working' END,
    due_at = CASE WHEN c.open = 0 AND t.worker IS NULL THEN ${NOW} ELSE t.due_at END, ${SEEN}
  FROM counted c WHERE t.id = c.id AND EXISTS (SELECT FROM taken)
  RETURNING t.status, t.due_at IS NOT NULL AND t.worker IS NULL AS due
)
SELECT coalesce(c.status, h.status) AS status, coalesce(c.due, false) AS due,
  (SELECT json_agg(k.key ORDER BY k.position) FROM taken k) AS accepted
FROM held h LEFT JOIN changed c ON true`,
});
