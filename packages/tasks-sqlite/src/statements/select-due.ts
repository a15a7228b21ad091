/** At most ?4 tasks of the tool ?1 and the rank ?2 that are due at ?3 and not of the owners ?5, a list in JSON. */
export const SELECT_DUE = `
SELECT id, owner, due_at FROM tasks
WHERE tool = ?1 AND rank = ?2 AND due_at <= ?3 AND (expires_at IS NULL OR expires_at > ?3)
  AND owner NOT IN (SELECT value FROM json_each(?5))
ORDER BY due_at LIMIT ?4`;
