/** All tasks by age, for lists. */
export const sql = 'CREATE INDEX tasks_created ON tasks (created_at, id)';
