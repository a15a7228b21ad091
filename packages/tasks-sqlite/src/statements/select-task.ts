import { STATE } from '../columns.ts';

/** All columns of the task ?1. */
export const SELECT_TASK: string = `
SELECT ${STATE}, ledger, params, context, result, error FROM tasks WHERE id = ?1`;

/** The same, where it is the owner ?2's. */
export const SELECT_OWN_TASK: string = `${SELECT_TASK} AND owner = ?2`;
