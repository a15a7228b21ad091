/** Removes the steps of the task ?1. */
export const DELETE_STEPS = `
DELETE FROM steps WHERE task_id = ?1`;
