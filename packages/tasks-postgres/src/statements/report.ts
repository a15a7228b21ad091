import type { Prepared } from '../database.ts';
import { HELD, SEEN, type Tables } from '../names.ts';

/** Says how far the work is. */
export const reportStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-report',
  text: `
UPDATE ${tasks} t SET status_message = g.status_message, ${SEEN}
FROM json_to_recordset($1::json) AS g (n int, id text, token int, status_message text)
WHERE ${HELD}
RETURNING g.n`,
});
