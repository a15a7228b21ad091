/** Asks the question ?3 under the key ?2 of the task ?1; a key that was used stays as it is. */
export const INSERT_QUESTION = `
INSERT INTO questions (task_id, key, request, state) VALUES (?1, ?2, ?3, 'open') ON CONFLICT DO NOTHING`;
