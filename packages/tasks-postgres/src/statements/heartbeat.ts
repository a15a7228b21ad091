import type { Prepared } from '../database.ts';
import { HELD, NOW, TAKEN, type Tables } from '../names.ts';

/** Prolongs leases. */
export const heartbeatStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-heartbeat',
  text: `
UPDATE ${tasks} t SET due_at = ${NOW} + g.lease_ms
FROM json_to_recordset($1::json) AS g (n int, id text, token int, lease_ms bigint)
WHERE ${HELD} AND ${TAKEN}
RETURNING g.n, t.cancel_requested, t.version`,
});
