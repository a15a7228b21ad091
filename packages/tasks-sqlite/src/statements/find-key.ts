/** The task that the owner ?1 and the tool ?2 have under the idempotency key ?3. */
export const FIND_KEY = `
SELECT id FROM tasks WHERE owner = ?1 AND tool = ?2 AND idempotency_key = ?3`;
