import { EXPIRED, type PruneWish, type SweepWish, type Swept, type TaskState } from '@switchyard/tasks';
import { payloads } from './lease.ts';
import { text, toState } from './row.ts';
import { DELETE_QUESTIONS } from './statements/delete-questions.ts';
import { DELETE_STEPS } from './statements/delete-steps.ts';
import { DELETE_TASK } from './statements/delete-task.ts';
import { EXPIRE } from './statements/expire.ts';
import { FORGET_CHANGES } from './statements/forget-changes.ts';
import { REQUEUE_QUESTIONS } from './statements/requeue-questions.ts';
import { REQUEUE_STEPS } from './statements/requeue-steps.ts';
import { REQUEUE_TASK } from './statements/requeue-task.ts';
import { SELECT_OVERDUE } from './statements/select-overdue.ts';
import { SELECT_PRUNABLE } from './statements/select-prunable.ts';
import { SELECT_REMOVABLE } from './statements/select-removable.ts';
import { TAKE_TURN } from './statements/take-turn.ts';
import { changes, first, type Turn } from './turn.ts';

/** Fails what has expired and removes what need not be kept, if nobody has done so lately. */
export function sweep(turn: Turn, { everyMs, limit }: SweepWish): Swept | undefined {
  const { connection, now } = turn;
  if (!changes(turn, TAKE_TURN, [now, now - everyMs])) return undefined;
  const most = Math.min(limit, MOST_SWEPT);
  const gone = connection.statement(SELECT_REMOVABLE).all(now, most);
  const late = connection.statement(SELECT_OVERDUE).all(now, most);
  for (const row of gone) remove(turn, text(row, 'id'));
  for (const row of late) expire(turn, text(row, 'id'));
  changes(turn, FORGET_CHANGES, [CHANGES_KEPT]);
  return { expired: late.length, removed: gone.length };
}

/** Removes terminal tasks. */
export function prune(turn: Turn, { finishedForMs, status, limit }: PruneWish): number {
  const rows = turn.connection
    .statement(SELECT_PRUNABLE)
    .all(turn.now - finishedForMs, status ?? null, limit);
  for (const row of rows) remove(turn, text(row, 'id'));
  return rows.length;
}

/** Makes a new task of a failed one. */
export function requeue(turn: Turn, id: string, newId: string): TaskState | undefined {
  const row = first(turn, REQUEUE_TASK, [turn.now, newId, id]);
  if (row === undefined) return undefined;
  changes(turn, REQUEUE_STEPS, [newId, id]);
  changes(turn, REQUEUE_QUESTIONS, [newId, id]);
  turn.changed({ id: newId, due: true });
  return toState(row);
}

// ---------------------------------------------------------------------------------------------------------------------

/** Bounds how long the event loop stands still for one sweep. */
const MOST_SWEPT = 2000;
/** More than happens between two looks of another process. */
const CHANGES_KEPT = 10_000;

function remove(turn: Turn, id: string): void {
  if (first(turn, DELETE_TASK, [id])?.['ledger'] !== 1) return;
  changes(turn, DELETE_STEPS, [id]);
  changes(turn, DELETE_QUESTIONS, [id]);
}

function expire(turn: Turn, id: string): void {
  const [, error] = payloads(EXPIRED);
  changes(turn, EXPIRE, [turn.now, id, EXPIRED.status, EXPIRED.statusMessage ?? null, error]);
  turn.changed({ id, due: false });
}
