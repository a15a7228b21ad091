/** Finished tasks by when they may be removed. */
export const sql = `
CREATE INDEX tasks_finished_expiry ON {schema}.tasks ((created_at + ttl_ms))
WHERE finished_at IS NOT NULL AND ttl_ms IS NOT NULL`;
