/** The steps of the task ?1 that are done. */
export const SELECT_STEPS = `
SELECT name, result FROM steps WHERE task_id = ?1 ORDER BY position`;
