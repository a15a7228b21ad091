/** Whose tasks are being worked on at ?1, and of which tools. */
export const SELECT_LEASED = `
SELECT owner, tool, count(*) AS held FROM tasks
WHERE worker IS NOT NULL AND due_at > ?1 AND (expires_at IS NULL OR expires_at > ?1) GROUP BY owner, tool`;
