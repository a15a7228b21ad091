/** Gives the steps of the task ?2 to the task ?1. */
export const REQUEUE_STEPS = `
INSERT INTO steps (task_id, name, result) SELECT ?1, name, result FROM steps WHERE task_id = ?2 ORDER BY position`;
