import type { Prepared } from '../database.ts';
import { STATE, type Tables } from '../names.ts';

/** All that is kept of some tasks. */
export const inspectStatement = ({ tasks, steps, questions }: Tables): Prepared => ({
  name: 'switchyard-inspect',
  text: `
SELECT ${STATE}, t.result, t.error, t.params, t.context, (
  SELECT json_object_agg(s.name, s.result ORDER BY s.position) FROM ${steps} s WHERE s.task_id = t.id
) AS steps, (
  SELECT json_agg(json_build_object('key', q.key, 'request', q.request, 'state', q.state, 'answer', q.answer)
    ORDER BY q.position)
  FROM ${questions} q WHERE q.task_id = t.id
) AS questions
FROM ${tasks} t WHERE t.id = ANY ($1)`,
});
