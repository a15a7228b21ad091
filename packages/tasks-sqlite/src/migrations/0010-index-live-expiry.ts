/** Live tasks by the end of their time. */
export const sql = `
CREATE INDEX tasks_live_expiry ON tasks (expires_at) WHERE finished_at IS NULL AND expires_at IS NOT NULL`;
