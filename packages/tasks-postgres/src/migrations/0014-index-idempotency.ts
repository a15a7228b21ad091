/** One task for each idempotency key of an owner and tool. */
export const sql = `
CREATE UNIQUE INDEX tasks_idempotency ON {schema}.tasks (owner, tool, idempotency_key)
WHERE idempotency_key IS NOT NULL`;
