import type { TaskStatus } from '@switchyard/wire';

/** A status that nothing leaves. */
export type TerminalStatus = 'completed' | 'failed' | 'cancelled';

/**
 * Where a task may go from each status; staying is always allowed while it is not terminal. A task is made `working`.
 * A terminal task never changes again: it can only be removed.
 */
export const TRANSITIONS: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = Object.freeze({
  working: ['working', 'input_required', 'completed', 'failed', 'cancelled'],
  input_required: ['working', 'input_required', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
});

/** Whether a task may go from one status to another. */
export function canMove(from: TaskStatus, to: TaskStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Whether nothing leaves this status. */
export function isTerminal(status: TaskStatus): status is TerminalStatus {
  return TRANSITIONS[status].length === 0;
}
