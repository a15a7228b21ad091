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

/** A task that was made at `created_at`, or `refused`; one that is neither exists already. */
export interface CreateRow {
  readonly id: string;
  readonly created_at: number | null;
  readonly refused: boolean;
}

/**
 * Makes many tasks. An owner's live tasks are counted once, up to the limit, and nobody else's count meanwhile leads beyond it; those
 * of the group count in their order, but not those whose idempotency key is taken. Owners are counted in the order of their names, so
 * that two groups do not wait for each other.
 */
export const createStatement = ({ tasks, liveTasks }: Tables): Prepared => ({
  name: 'switchyard-create',
  text: `
WITH given AS (
  SELECT g.*, row_number() OVER (PARTITION BY g.owner ORDER BY g.n) AS of_owner,
    count(*) OVER (PARTITION BY g.owner) AS together,
    row_number() OVER (PARTITION BY g.owner, g.tool, coalesce(g.idempotency_key, g.n::text) ORDER BY g.n) > 1
      OR g.idempotency_key IS NOT NULL AND EXISTS (
        SELECT FROM ${tasks} t
        WHERE t.owner = g.owner AND t.tool = g.tool AND t.idempotency_key = g.idempotency_key
      ) AS known
  FROM json_to_recordset($1::json) AS g (n int, id text, owner text, method text, tool text, params text,
    context text, ttl_ms bigint, retention_ms bigint, poll_interval_ms int, priority int, idempotency_key text,
    due_in_ms bigint, worker text, most_live int)
), counted AS (
  SELECT g.*, count(*) FILTER (WHERE NOT g.known) OVER (PARTITION BY g.owner ORDER BY g.n) AS place,
    CASE WHEN g.of_owner = 1 AND g.most_live IS NOT NULL
      THEN ${liveTasks}(g.owner, g.most_live, g.together::int) END AS live
  FROM given g
), judged AS MATERIALIZED (
  SELECT c.*, c.most_live IS NULL OR max(c.live) OVER (PARTITION BY c.owner) + c.place <= c.most_live AS allowed
  FROM counted c
), made AS (
  INSERT INTO ${tasks} (id, owner, method, tool, status, created_at, updated_at, ttl_ms, retention_ms, poll_interval_ms,
    priority, due_at, worker, token, idempotency_key, params, context)
  SELECT id, owner, method, tool, 'working', ${NOW}, ${NOW}, ttl_ms, retention_ms, poll_interval_ms,
    priority, ${NOW} + due_in_ms, worker, CASE WHEN worker IS NULL THEN 0 ELSE 1 END, idempotency_key, params, context
  FROM judged j WHERE j.allowed AND NOT j.known
  ON CONFLICT DO NOTHING
  RETURNING id, created_at
)
SELECT m.id, m.created_at, false AS refused FROM made m
UNION ALL SELECT j.id, NULL, true FROM judged j WHERE NOT j.allowed`,
});
