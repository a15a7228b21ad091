import type { Created, CreateLimits, NewTask } from '@switchyard/tasks';
import { number, text, toDossier, toState } from './row.ts';
import { COUNT_LIVE } from './statements/count-live.ts';
import { FIND_KEY } from './statements/find-key.ts';
import { INSERT_TASK } from './statements/insert-task.ts';
import { SELECT_TASK } from './statements/select-task.ts';
import { first, type Turn } from './turn.ts';

/** Makes a task; `undefined` where its id is taken. */
export function create(turn: Turn, task: NewTask, { livePerOwner }: CreateLimits): Created | undefined {
  const known = existing(turn, task);
  if (known !== undefined) return known;
  if (livePerOwner !== undefined && liveOf(turn, task.owner, livePerOwner) >= livePerOwner)
    return { created: false };
  const dueAt = turn.now + (task.lease?.leaseMs ?? task.delayMs ?? 0);
  const row = first(turn, INSERT_TASK, [
    turn.now,
    task.id,
    task.owner,
    task.method,
    task.tool,
    task.ttlMs,
    task.retentionMs,
    task.pollIntervalMs,
    task.priority,
    dueAt,
    task.lease?.worker ?? null,
    task.idempotencyKey ?? null,
    task.params,
    task.context,
  ]);
  if (row === undefined) return undefined;
  turn.changed({ id: task.id, due: task.lease === undefined && dueAt <= turn.now });
  return { created: true, task: toState(row) };
}

// ---------------------------------------------------------------------------------------------------------------------

function existing(turn: Turn, { owner, tool, idempotencyKey }: NewTask): Created | undefined {
  if (idempotencyKey === undefined) return undefined;
  const found = first(turn, FIND_KEY, [owner, tool, idempotencyKey]);
  const row = found === undefined ? undefined : first(turn, SELECT_TASK, [text(found, 'id')]);
  return row === undefined ? undefined : { created: false, task: toDossier(turn.connection, row) };
}

function liveOf(turn: Turn, owner: string, most: number): number {
  const row = first(turn, COUNT_LIVE, [owner, most]);
  return row === undefined ? 0 : number(row, 'live');
}
