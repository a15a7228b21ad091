import { STATE } from '../columns.ts';

/** Gives the task ?1 to the worker ?2 until ?3. */
export const TAKE: string = `
UPDATE tasks SET worker = ?2, token = token + 1, attempts = attempts + (worker IS NOT NULL), due_at = ?3
WHERE id = ?1 AND finished_at IS NULL
RETURNING ${STATE}, ledger, params, context, result, error`;
