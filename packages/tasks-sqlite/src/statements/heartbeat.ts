import { HELD } from '../columns.ts';

/** Prolongs a lease until ?1. */
export const HEARTBEAT: string = `
UPDATE tasks SET due_at = ?1 WHERE ${HELD} AND worker IS NOT NULL RETURNING cancel_requested, version`;
