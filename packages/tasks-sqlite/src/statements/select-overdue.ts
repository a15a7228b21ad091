/** At most ?2 live tasks whose time was over at ?1. */
export const SELECT_OVERDUE = `
SELECT id FROM tasks WHERE finished_at IS NULL AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2`;
