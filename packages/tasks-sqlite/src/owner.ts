import type { Answer, Answered, Cancel, CancelOutcome, TaskState } from '@switchyard/tasks';
import { openOf } from './lease.ts';
import { text, toState } from './row.ts';
import { AFTER_ANSWER } from './statements/after-answer.ts';
import { ANSWER_QUESTION } from './statements/answer-question.ts';
import { CANCEL } from './statements/cancel.ts';
import { REQUEST_CANCEL } from './statements/request-cancel.ts';
import { SELECT_TASK } from './statements/select-task.ts';
import { changes, first, type Turn } from './turn.ts';

/** Takes answers to open questions. */
export function answer(turn: Turn, { id, owner, answers }: Answer): Answered | undefined {
  const before = stateOf(turn, id);
  if (before === undefined || before.owner !== owner) return undefined;
  if (before.status !== 'input_required') return { accepted: [], status: before.status };
  const accepted = Object.entries(answers)
    .filter(([key, value]) => changes(turn, ANSWER_QUESTION, [id, key, value]))
    .map(([key]) => key);
  if (accepted.length === 0) return { accepted, status: before.status };
  const row = first(turn, AFTER_ANSWER, [turn.now, id, openOf(turn, id)]);
  if (row === undefined) return undefined;
  turn.changed({ id, due: row['due'] === 1 });
  return { accepted, status: text(row, 'status') as TaskState['status'] }; // the table's CHECK says so
}

/** Cancels a task, or asks its worker to. */
export function cancel(turn: Turn, { id, owner }: Cancel): CancelOutcome | undefined {
  const before = stateOf(turn, id);
  if (before === undefined || (owner !== undefined && before.owner !== owner)) return undefined;
  const asked = changes(turn, REQUEST_CANCEL, [turn.now, id]);
  if (!asked && !changes(turn, CANCEL, [turn.now, id])) return 'terminal';
  turn.changed({ id, due: false, ...(asked ? { cancelRequested: true } : {}) });
  return asked ? 'requested' : 'cancelled';
}

// ---------------------------------------------------------------------------------------------------------------------

function stateOf(turn: Turn, id: string): TaskState | undefined {
  const row = first(turn, SELECT_TASK, [id]);
  return row === undefined ? undefined : toState(row);
}
