/** The ledger of the task ?1. */
export const SELECT_QUESTIONS = `
SELECT key, request, state, answer FROM questions WHERE task_id = ?1 ORDER BY position`;
