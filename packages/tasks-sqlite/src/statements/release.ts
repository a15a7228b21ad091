import { HELD } from '../columns.ts';

/** Gives up a lease. */
export const RELEASE: string = `
UPDATE tasks SET worker = NULL, due_at = ?1 WHERE ${HELD} AND worker IS NOT NULL`;
