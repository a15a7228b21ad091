/** Takes the answer ?3 to the question ?2 of the task ?1. */
export const ANSWER_QUESTION = `
UPDATE questions SET state = 'answered', answer = ?3 WHERE task_id = ?1 AND key = ?2 AND state = 'open'`;
