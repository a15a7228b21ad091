import { HELD } from '../columns.ts';

/** Says that a task has steps or questions. No row where the lease is lost; ?1 stands for the time, as everywhere. */
export const MARK_LEDGER: string = `
UPDATE tasks SET ledger = 1 WHERE ${HELD} AND ?1 IS NOT NULL RETURNING id`;
