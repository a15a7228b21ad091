/** Finished tasks by their end, for pruning. */
export const sql = 'CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL';
