import type { Prepared } from '../database.ts';
import { HELD, NOW, SEEN, type Tables } from '../names.ts';

/** What came of asking; `due` where it gave up its lease for nothing. */
export interface AskRow {
  readonly n: number;
  readonly open: number;
  readonly version: number;
  readonly due: boolean;
}

/** Asks questions and takes back others. The tasks are locked first: how many questions are open is counted in their rows. */
export const askStatement = ({ tasks, questions }: Tables): Prepared => ({
  name: 'switchyard-ask',
  text: `
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json)
    AS g (n int, id text, token int, questions json, withdraw json, suspend boolean)
), held AS MATERIALIZED (
  SELECT g.*, t.open_questions FROM ${tasks} t JOIN given g ON ${HELD} FOR NO KEY UPDATE OF t
), withdrawn AS (
  UPDATE ${questions} q SET state = 'withdrawn' FROM held h, json_array_elements_text(h.withdraw) AS w (key)
  WHERE q.task_id = h.id AND q.key = w.key AND q.state = 'open'
  RETURNING q.task_id
), asked AS (
  INSERT INTO ${questions} (task_id, key, request, state)
  SELECT h.id, a.key, a.request, 'open' FROM held h,
    ROWS FROM (json_to_recordset(h.questions) AS (key text, request text)) WITH ORDINALITY AS a (key, request, place)
  ORDER BY h.n, a.place
  ON CONFLICT DO NOTHING
  RETURNING task_id
), counted AS (
  SELECT h.id, h.n, h.suspend, h.open_questions
    + (SELECT count(*) FROM asked WHERE task_id = h.id) - (SELECT count(*) FROM withdrawn WHERE task_id = h.id) AS open
  FROM held h
)
UPDATE ${tasks} t SET open_questions = g.open, ledger = true,
  status = CASE WHEN g.open > 0 THEN 'input_required' ELSE 'working' END,
  worker = CASE WHEN g.suspend THEN NULL ELSE t.worker END,
  due_at = CASE WHEN NOT g.suspend THEN t.due_at WHEN g.open > 0 THEN NULL ELSE ${NOW} END, ${SEEN}
FROM counted g WHERE t.id = g.id
RETURNING g.n, g.open, t.version, t.due_at IS NOT NULL AND g.suspend AS due`,
});
