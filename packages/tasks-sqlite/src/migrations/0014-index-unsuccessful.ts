/** What an operator looks for among millions of tasks that are done. */
export const sql = `
CREATE INDEX tasks_unsuccessful ON tasks (status, created_at, id) WHERE status IN ('failed', 'cancelled')`;
