import { STATE } from '../columns.ts';

/** Makes the task ?2 of the failed task ?3. */
export const REQUEUE_TASK: string = `
INSERT INTO tasks (id, owner, method, tool, status, created_at, updated_at, ttl_ms, retention_ms, poll_interval_ms,
  priority, due_at, ledger, params, context)
SELECT ?2, owner, method, tool, 'working', ?1, ?1, ttl_ms, retention_ms, poll_interval_ms,
  priority, ?1, ledger, params, context
FROM tasks WHERE id = ?3 AND status = 'failed'
RETURNING ${STATE}`;
