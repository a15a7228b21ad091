/** Gives the ledger of the task ?2 to the task ?1; questions that were open are taken back. */
export const REQUEUE_QUESTIONS = `
INSERT INTO questions (task_id, key, request, state, answer)
SELECT ?1, key, request, CASE state WHEN 'open' THEN 'withdrawn' ELSE state END, answer
FROM questions WHERE task_id = ?2 ORDER BY position`;
