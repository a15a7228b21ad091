import type { Prepared } from '../database.ts';
import { NOW, type Tables } from '../names.ts';

/** What is under way, by tool. */
export const statsStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-stats',
  text: `
SELECT t.tool, count(*) FILTER (WHERE t.worker IS NULL AND t.due_at IS NOT NULL) AS queued,
  count(*) FILTER (WHERE t.worker IS NOT NULL) AS running,
  count(*) FILTER (WHERE t.worker IS NULL AND t.due_at IS NULL) AS waiting,
  greatest(0, ${NOW} - coalesce(min(t.due_at) FILTER (
    WHERE t.worker IS NULL AND (t.ttl_ms IS NULL OR t.created_at + t.ttl_ms > ${NOW})), ${NOW})) AS oldest_due_ms
FROM ${tasks} t WHERE t.finished_at IS NULL GROUP BY t.tool ORDER BY t.tool`,
});
