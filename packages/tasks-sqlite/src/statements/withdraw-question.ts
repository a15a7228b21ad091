/** Takes the question ?2 of the task ?1 back. */
export const WITHDRAW_QUESTION = `
UPDATE questions SET state = 'withdrawn' WHERE task_id = ?1 AND key = ?2 AND state = 'open'`;
