/** At most ?2 finished tasks that need not be kept at ?1. */
export const SELECT_REMOVABLE = `
SELECT id FROM tasks WHERE finished_at IS NOT NULL AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2`;
