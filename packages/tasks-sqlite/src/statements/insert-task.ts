import { STATE } from '../columns.ts';

/** Makes a task; nothing where its id is taken. */
export const INSERT_TASK: string = `
INSERT INTO tasks (created_at, updated_at, id, owner, method, tool, status, ttl_ms, retention_ms, poll_interval_ms,
  priority, due_at, worker, token, idempotency_key, params, context)
VALUES (?1, ?1, ?2, ?3, ?4, ?5, 'working', ?6, ?7, ?8, ?9, ?10, ?11, CASE WHEN ?11 IS NULL THEN 0 ELSE 1 END, ?12, ?13, ?14)
ON CONFLICT (id) DO NOTHING
RETURNING ${STATE}`;
