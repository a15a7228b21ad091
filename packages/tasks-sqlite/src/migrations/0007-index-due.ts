/** What may be claimed, now or later: one range for each tool and priority, in the order of its turn. */
export const sql = 'CREATE INDEX tasks_due ON tasks (tool, rank, due_at) WHERE due_at IS NOT NULL';
