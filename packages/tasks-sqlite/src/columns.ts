/** The columns of a task's state. */
export const STATE = `id, owner, method, tool, status, status_message, created_at, updated_at, finished_at, ttl_ms, retention_ms,
  poll_interval_ms, version, priority, attempts, due_at, worker, token, cancel_requested, idempotency_key`;

/** What every change that callers see sets beside itself; ?1 is the time. */
export const SEEN = 'updated_at = max(updated_at, ?1), version = version + 1';

/** What every end of a task sets beside itself; its time is prolonged where its result is to be kept for longer. */
export const ENDED: string = `finished_at = ?1, due_at = NULL, worker = NULL,
  ttl_ms = CASE WHEN retention_ms IS NULL THEN ttl_ms
    ELSE max(coalesce(ttl_ms, 0), ?1 - created_at + retention_ms) END, ${SEEN}`;

/** The condition under which the lease of the task ?2 with the token ?3 may write. */
export const HELD = 'id = ?2 AND token = ?3 AND finished_at IS NULL';
