import type { Prepared } from '../database.ts';
import { HELD, NOW, SEEN, type Tables } from '../names.ts';

/** Ends runs that failed; others will follow. */
export const retryStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-retry',
  text: `
UPDATE ${tasks} t SET attempts = t.attempts + 1, worker = NULL, due_at = ${NOW} + g.delay_ms,
  status_message = coalesce(g.status_message, t.status_message), ${SEEN}
FROM json_to_recordset($1::json) AS g (n int, id text, token int, delay_ms bigint, status_message text)
WHERE ${HELD}
RETURNING g.n`,
});
