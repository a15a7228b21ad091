/** What is under way at ?1, by tool. */
export const STATS = `
SELECT tool, count(*) FILTER (WHERE worker IS NULL AND due_at IS NOT NULL) AS queued,
  count(*) FILTER (WHERE worker IS NOT NULL) AS running,
  count(*) FILTER (WHERE worker IS NULL AND due_at IS NULL) AS waiting,
  max(0, ?1 - coalesce(min(due_at) FILTER (
    WHERE worker IS NULL AND (expires_at IS NULL OR expires_at > ?1)), ?1)) AS oldest_due_ms
FROM tasks WHERE finished_at IS NULL GROUP BY tool ORDER BY tool`;
