import { ENDED, HELD } from '../columns.ts';

/** Ends a task as ?4, with the message ?5, the result ?6 or the error ?7. */
export const FINISH: string = `
UPDATE tasks SET status = ?4, status_message = coalesce(?5, status_message), result = ?6, error = ?7, ${ENDED}
WHERE ${HELD}`;
