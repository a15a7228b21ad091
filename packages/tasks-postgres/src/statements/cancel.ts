import type { Prepared } from '../database.ts';
import { ENDED, NOW, type Tables } from '../names.ts';

const WORKED_ON = `t.status = 'working' AND t.worker IS NOT NULL AND coalesce(t.due_at > ${NOW}, false)`;

/** Cancels the task $1 (of the owner $2, where given), or asks its worker to; says which. */
export const cancelStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-cancel',
  text: `
WITH wanted AS (
  SELECT t.id, t.finished_at, ${WORKED_ON} AS worked_on FROM ${tasks} t
  WHERE t.id = $1 AND ($2::text IS NULL OR t.owner = $2)
  FOR NO KEY UPDATE
), requested AS (
  UPDATE ${tasks} t SET cancel_requested = true FROM wanted w WHERE t.id = w.id AND w.worked_on AND w.finished_at IS NULL
), ended AS (
  UPDATE ${tasks} t SET status = 'cancelled', ${ENDED}
  FROM wanted w WHERE t.id = w.id AND NOT w.worked_on AND w.finished_at IS NULL
)
SELECT CASE WHEN w.finished_at IS NOT NULL THEN 'terminal' WHEN w.worked_on THEN 'requested' ELSE 'cancelled' END AS outcome
FROM wanted w`,
});
