/** All tasks by age, for lists. */
export const sql = 'CREATE INDEX tasks_created ON {schema}.tasks (created_at, id)';
