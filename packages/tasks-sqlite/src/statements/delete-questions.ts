/** Removes the ledger of the task ?1. */
export const DELETE_QUESTIONS = `
DELETE FROM questions WHERE task_id = ?1`;
