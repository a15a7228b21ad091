import { HELD, SEEN } from '../columns.ts';

/** Says ?4, how far the work is. */
export const REPORT: string = `
UPDATE tasks SET status_message = ?4, ${SEEN} WHERE ${HELD}`;
