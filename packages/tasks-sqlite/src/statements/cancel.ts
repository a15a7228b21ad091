import { ENDED } from '../columns.ts';

/** Cancels the task ?2. Changes nothing where it is terminal. */
export const CANCEL: string = `
UPDATE tasks SET status = 'cancelled', ${ENDED} WHERE id = ?2 AND finished_at IS NULL`;
