import type { Prepared } from '../database.ts';
import { HELD, NOW, TAKEN, type Tables } from '../names.ts';

/** Gives up leases. */
export const releaseStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-release',
  text: `
UPDATE ${tasks} t SET worker = NULL, due_at = ${NOW}
FROM json_to_recordset($1::json) AS g (n int, id text, token int)
WHERE ${HELD} AND ${TAKEN}
RETURNING g.n`,
});
