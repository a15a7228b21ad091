/** Keeps the result ?3 of the step ?2 of the task ?1; the first of a name stays. */
export const INSERT_STEP = `
INSERT INTO steps (task_id, name, result) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING`;
