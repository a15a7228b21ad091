/** Removes the task ?1. */
export const DELETE_TASK = `
DELETE FROM tasks WHERE id = ?1 RETURNING ledger`;
