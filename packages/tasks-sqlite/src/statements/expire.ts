import { ENDED } from '../columns.ts';

/** Fails the live task ?2 with the status ?3, the message ?4 and the error ?5. */
export const EXPIRE: string = `
UPDATE tasks SET status = ?3, status_message = ?4, error = ?5, ${ENDED} WHERE id = ?2 AND finished_at IS NULL`;
