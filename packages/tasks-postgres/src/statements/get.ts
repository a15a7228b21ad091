import type { Prepared } from '../database.ts';
import { STATE, type Tables } from '../names.ts';

/** Tasks as their owners see them; of another owner than the one that is named there is none. */
export const getStatement = ({ tasks, questions }: Tables): Prepared => ({
  name: 'switchyard-get',
  text: `
SELECT ${STATE}, t.result, t.error, CASE WHEN t.status = 'input_required' THEN (
  SELECT json_agg(json_build_object('key', q.key, 'request', q.request) ORDER BY q.position)
  FROM ${questions} q WHERE q.task_id = t.id AND q.state = 'open'
) END AS open
FROM unnest($1::text[], $2::text[]) AS g (id, owner)
JOIN ${tasks} t ON t.id = g.id AND t.owner = coalesce(g.owner, t.owner)`,
});
