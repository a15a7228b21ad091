/** When the next task of the tool ?1 and the rank ?2 falls due after ?3. */
export const NEXT_DUE = `
SELECT due_at FROM tasks WHERE tool = ?1 AND rank = ?2 AND due_at > ?3 ORDER BY due_at LIMIT 1`;
