import { HELD, SEEN } from '../columns.ts';

/** Ends a run that failed; another follows at ?4. */
export const RETRY: string = `
UPDATE tasks SET attempts = attempts + 1, worker = NULL, due_at = ?4, status_message = coalesce(?5, status_message), ${SEEN}
WHERE ${HELD}`;
