import type { Prepared } from '../database.ts';
import { NOW, type Tables } from '../names.ts';

/** A task to be made, as the statement reads it. */
export interface CreateItem {
  readonly n: number;
  readonly id: string;
  readonly owner: string;
  readonly method: string;
  readonly tool: string;
  readonly params: string;
  readonly context: string;
  readonly ttl_ms: number | null;
  readonly retention_ms: number | null;
  readonly poll_interval_ms: number;
  readonly priority: number;
  readonly idempotency_key?: string | undefined;
  readonly due_in_ms: number;
  readonly worker?: string | undefined;
  readonly most_live?: number | undefined;
}

/** What became of an item: made where there is a `created_at`, refused where it is not `allowed`, else there is one already. */
export interface CreateRow {
  readonly n: number;
  readonly allowed: boolean;
  readonly created_at: number | null;
}

/**
 * Makes many tasks. An owner's live tasks are counted once, up to the limit; those of the group count in their order, but not
 * those whose idempotency key is taken.
 */
export const createStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-create',
  text: `
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS g (n int, id text, owner text, method text, tool text, params text,
    context text, ttl_ms bigint, retention_ms bigint, poll_interval_ms int, priority int, idempotency_key text,
    due_in_ms bigint, worker text, most_live int)
), counted AS (
  SELECT g.owner, (
    SELECT count(*) FROM (
      SELECT FROM ${tasks} t WHERE t.owner = g.owner AND t.finished_at IS NULL LIMIT max(g.most_live)
    ) known
  ) AS live
  FROM given g WHERE g.most_live IS NOT NULL GROUP BY g.owner
), fresh AS (
  SELECT g.n, row_number() OVER (PARTITION BY g.owner ORDER BY g.n) AS place
  FROM (
    SELECT g.n, g.owner, g.tool, g.idempotency_key, row_number() OVER same AS copy FROM given g
    WINDOW same AS (PARTITION BY g.owner, g.tool, coalesce(g.idempotency_key, g.n::text) ORDER BY g.n)
  ) g
  WHERE g.copy = 1 AND NOT (g.idempotency_key IS NOT NULL AND EXISTS (
    SELECT FROM ${tasks} t
    WHERE t.owner = g.owner AND t.tool = g.tool AND t.idempotency_key = g.idempotency_key
  ))
), allowed AS (
  SELECT g.* FROM given g JOIN fresh USING (n) LEFT JOIN counted USING (owner)
  WHERE g.most_live IS NULL OR counted.live + fresh.place <= g.most_live
), made AS (
  INSERT INTO ${tasks} (id, owner, method, tool, status, created_at, updated_at, ttl_ms, retention_ms, poll_interval_ms,
    priority, due_at, worker, token, idempotency_key, params, context)
  SELECT id, owner, method, tool, 'working', ${NOW}, ${NOW}, ttl_ms, retention_ms, poll_interval_ms,
    priority, ${NOW} + due_in_ms, worker, CASE WHEN worker IS NULL THEN 0 ELSE 1 END, idempotency_key, params, context
  FROM allowed
  ON CONFLICT DO NOTHING
  RETURNING id, created_at
)
SELECT g.n, a.n IS NOT NULL AS allowed, m.created_at
FROM given g LEFT JOIN allowed a ON a.n = g.n LEFT JOIN made m ON m.id = a.id`,
});
