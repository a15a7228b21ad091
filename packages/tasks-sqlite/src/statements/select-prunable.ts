/** At most ?3 tasks that were finished at ?1 or before, of the status ?2 where it is given. */
export const SELECT_PRUNABLE = `
SELECT id FROM tasks WHERE finished_at <= ?1 AND (?2 IS NULL OR status = ?2) ORDER BY finished_at LIMIT ?3`;
