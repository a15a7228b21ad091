import type { Prepared } from '../database.ts';
import type { Tables } from '../names.ts';

/** The task that an owner and tool have under an idempotency key. */
export const findKeyStatement = ({ tasks }: Tables): Prepared => ({
  name: 'switchyard-find-key',
  text: `SELECT t.id FROM ${tasks} t WHERE t.owner = $1 AND t.tool = $2 AND t.idempotency_key = $3`,
});
