import type { Prepared } from '../database.ts';
import { ENDED, HELD, type Tables } from '../names.ts';

/** Ends tasks. */
export const finishStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-finish',
  text: `
UPDATE ${tasks} t SET status = g.status, status_message = coalesce(g.status_message, t.status_message),
  result = g.result, error = g.error, ${ENDED}
FROM json_to_recordset($1::json)
  AS g (n int, id text, token int, status text, status_message text, result text, error text)
WHERE ${HELD}
RETURNING g.n`,
});
