import { STATE } from '../columns.ts';

/** All columns of the task ?1. */
export const SELECT_TASK: string = `
SELECT ${STATE}, ledger, params, context, result, error FROM tasks WHERE id = ?1`;
