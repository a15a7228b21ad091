/** Finished tasks by when they may be removed. */
export const sql = `
CREATE INDEX tasks_finished_expiry ON tasks (expires_at) WHERE finished_at IS NOT NULL AND expires_at IS NOT NULL`;
