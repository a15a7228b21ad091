/** What is being worked on: as many rows as there are busy workers. */
export const sql = 'CREATE INDEX tasks_leased ON {schema}.tasks (owner, tool) WHERE worker IS NOT NULL';
