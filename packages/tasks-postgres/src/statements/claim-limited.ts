import type { Prepared } from '../database.ts';
import { NOW, type Tables } from '../names.ts';
import { lanes, nextIn, take } from './claim.ts';

/** How many tasks a limited claim looks at: where all of them are of owners at their limit, the next claim sees further. */
const WINDOW = 1000;

/**
 * As the claim without limits, and of one owner at most $6 tasks and of each tool at most what $5 says, together with those
 * that are leased already. It is exact because it runs alone: whoever runs it holds a lock from before it began.
 */
export const limitedClaimStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-claim-limited',
  text: `
WITH RECURSIVE ${lanes(tasks, '$4')}, leased AS MATERIALIZED (
  SELECT t.owner, t.tool FROM ${tasks} t
  WHERE t.worker IS NOT NULL AND t.due_at > ${NOW} AND (t.ttl_ms IS NULL OR t.created_at + t.ttl_ms > ${NOW})
), room AS MATERIALIZED (
  SELECT given.tool, given.most - (SELECT count(*) FROM leased l WHERE l.tool = given.tool) AS room
  FROM unnest($4::text[], $5::bigint[]) AS given (tool, most)
), owners AS MATERIALIZED (
  SELECT owner, count(*) AS held FROM leased GROUP BY owner
), candidates AS MATERIALIZED (
  SELECT due.id, due.owner, mine.tool, mine.rank, due.due_at FROM mine JOIN room USING (tool), LATERAL (
    SELECT t.id, t.owner, t.due_at FROM ${tasks} t
    WHERE t.tool = mine.tool AND -t.priority = mine.rank AND t.due_at <= ${NOW}
      AND (t.ttl_ms IS NULL OR t.created_at + t.ttl_ms > ${NOW})
      AND NOT EXISTS (SELECT FROM owners o WHERE o.owner = t.owner AND o.held >= $6::bigint)
    ORDER BY t.due_at LIMIT ${WINDOW}
  ) due
  WHERE room.room IS NULL OR room.room > 0
), within AS (
  SELECT c.id, c.tool, c.rank, c.due_at,
    row_number() OVER (PARTITION BY c.owner ORDER BY c.rank, c.due_at) + coalesce(o.held, 0) AS of_owner
  FROM candidates c LEFT JOIN owners o USING (owner)
), fitting AS (
  SELECT w.id, w.tool, w.rank, w.due_at, row_number() OVER (PARTITION BY w.tool ORDER BY w.rank, w.due_at) AS of_tool
  FROM within w WHERE $6::bigint IS NULL OR w.of_owner <= $6::bigint
), found AS MATERIALIZED (
  SELECT f.id, row_number() OVER (ORDER BY f.rank, f.due_at) AS turn
  FROM fitting f JOIN room USING (tool) WHERE room.room IS NULL OR f.of_tool <= room.room
  ORDER BY f.rank, f.due_at LIMIT $3
), taken AS (${take(tasks)}
)
SELECT next.next_in_ms, taken.* FROM (${nextIn(tasks)}
) next LEFT JOIN taken ON true ORDER BY taken.turn`,
});
