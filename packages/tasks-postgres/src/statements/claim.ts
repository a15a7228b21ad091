import type { Prepared } from '../database.ts';
import { NOW, STATE, type Tables } from '../names.ts';

/**
 * The tools and priorities that have tasks which may be claimed now or later, found by leaping through the index from one to
 * the next: as many leaps as there are of them, however many tasks each has.
 */
export const lanes = (tasks: string, tools: string): string => `
lanes (tool, rank) AS (
  (SELECT t.tool, -t.priority FROM ${tasks} t WHERE t.due_at IS NOT NULL ORDER BY t.tool, -t.priority LIMIT 1)
  UNION ALL
  SELECT next.tool, next.rank FROM lanes, LATERAL (
    SELECT t.tool, -t.priority AS rank FROM ${tasks} t
    WHERE t.due_at IS NOT NULL AND (t.tool, -t.priority) > (lanes.tool, lanes.rank)
    ORDER BY t.tool, -t.priority LIMIT 1
  ) next
), mine AS MATERIALIZED (
  SELECT tool, rank FROM lanes WHERE tool = ANY (${tools})
)`;

/** Milliseconds until the next task of the lanes `mine` falls due. */
export const nextIn = (tasks: string): string => `
SELECT min(later.due_at) - ${NOW} AS next_in_ms FROM mine, LATERAL (
  SELECT t.due_at FROM ${tasks} t
  WHERE t.tool = mine.tool AND -t.priority = mine.rank AND t.due_at > ${NOW} ORDER BY t.due_at LIMIT 1
) later`;

/** Takes the tasks of `found`, by worker $1 for $2 milliseconds. `+ 0` keeps the index by turn out of it: they are read by id. */
export const take = (tasks: string): string => `
UPDATE ${tasks} t
SET worker = $1, token = t.token + 1, attempts = t.attempts + (t.worker IS NOT NULL)::int, due_at = ${NOW} + $2::bigint
FROM found WHERE t.id = found.id AND t.due_at + 0 <= ${NOW}
RETURNING ${STATE}, t.params, t.context, t.ledger, found.turn`;

/** Takes up to $3 due tasks of the tools $4. What others are about to take is passed over. */
export const claimStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-claim',
  text: `
WITH RECURSIVE ${lanes(tasks, '$4')}, found AS MATERIALIZED (
  SELECT due.id, row_number() OVER (ORDER BY mine.rank, due.due_at) AS turn FROM mine, LATERAL (
    SELECT t.id, t.due_at FROM ${tasks} t
    WHERE t.tool = mine.tool AND -t.priority = mine.rank AND t.due_at <= ${NOW}
      AND (t.ttl_ms IS NULL OR t.created_at + t.ttl_ms > ${NOW})
    ORDER BY t.due_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
  ) due
  ORDER BY mine.rank, due.due_at LIMIT $3
), taken AS (${take(tasks)}
)
SELECT next.next_in_ms, taken.* FROM (${nextIn(tasks)}
) next LEFT JOIN taken ON true ORDER BY taken.turn`,
});
