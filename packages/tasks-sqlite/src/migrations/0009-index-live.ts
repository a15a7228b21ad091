/** The live tasks of an owner. */
export const sql = 'CREATE INDEX tasks_live ON tasks (owner) WHERE finished_at IS NULL';
