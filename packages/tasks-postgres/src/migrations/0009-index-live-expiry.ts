/** Live tasks by the end of their time. */
export const sql = `
CREATE INDEX tasks_live_expiry ON {schema}.tasks ((created_at + ttl_ms))
WHERE finished_at IS NULL AND ttl_ms IS NOT NULL`;
