import type { Prepared } from '../database.ts';
import { STATE, type Tables } from '../names.ts';

/** Tasks as their owners see them. */
export const getStatement = ({ tasks, questions }: Tables): Prepared => ({
  name: 'switchyard-get',
  text: `
SELECT ${STATE}, t.result, t.error, CASE WHEN t.status = 'input_required' THEN (
  SELECT json_agg(json_build_object('key', q.key, 'request', q.request) ORDER BY q.position)
  FROM ${questions} q WHERE q.task_id = t.id AND q.state = 'open'
) END AS open
FROM ${tasks} t WHERE t.id = ANY ($1)`,
});
