/** The live tasks of an owner. */
export const sql = 'CREATE INDEX tasks_live ON {schema}.tasks (owner) WHERE finished_at IS NULL';
