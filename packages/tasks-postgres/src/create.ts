import type { Created, CreateLimits, NewTask, TaskState } from '@switchyard/tasks';
import { batched } from './batch.ts';
import { createColumns } from './items.ts';
import { dossiers } from './read.ts';
import { type CreateRow, createStatement } from './statements/create.ts';
import { findKeyStatement } from './statements/find-key.ts';
import { storable } from './text.ts';
import type { Workings } from './verbs.ts';

/** Makes tasks. */
export type Maker = (tasks: readonly NewTask[], limits?: CreateLimits) => Promise<readonly Created[]>;

/** Makes what makes tasks. */
export function createMaker(workings: Workings): Maker {
  const { database, tables, changes } = workings;
  const insert = batched(database, {
    statement: createStatement(tables),
    columns: ({ task, mostLive }: Wanted) => createColumns(task, mostLive),
    answer: (row: CreateRow | undefined) => row,
    apart: ({ task }) => task.id,
    by: ({ id }: CreateRow) => id,
  });
  const findKey = findKeyStatement(tables);

  const existing = async ({ owner, tool, idempotencyKey }: NewTask): Promise<Created | undefined> => {
    if (idempotencyKey === undefined) return undefined;
    const values = [storable(owner), storable(tool), storable(idempotencyKey)];
    const [found] = await database.rows<{ id: string }>(findKey, values);
    const [task] = found === undefined ? [] : await dossiers(workings, [found.id]);
    return task === undefined ? undefined : { created: false, task };
  };

  /** What is in the way may be gone again a moment later, and then the task is made after all. */
  const settle = async (wanted: Wanted, first: CreateRow | undefined): Promise<Created> => {
    let row = first;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (typeof row?.created_at === 'number') {
        changes.changed({ id: wanted.task.id, due: isDueAtOnce(wanted.task) });
        return { created: true, task: madeState(wanted.task, row.created_at) };
      }
      const known = await existing(wanted.task);
      if (known !== undefined) return known;
      if (row?.refused === true) return { created: false };
      if (wanted.task.idempotencyKey === undefined) break;
      [row] = await insert([wanted]);
    }
    throw new TypeError('There is a task with this id already.');
  };

  return async (tasks, { livePerOwner } = {}) => {
    const wanted = tasks.map((task): Wanted => ({ task, mostLive: livePerOwner }));
    const rows = await insert(wanted);
    return Promise.all(wanted.map((one, n) => settle(one, rows[n])));
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const ATTEMPTS = 5;

interface Wanted {
  readonly task: NewTask;
  readonly mostLive: number | undefined;
}

function isDueAtOnce({ lease, delayMs = 0 }: NewTask): boolean {
  return lease === undefined && delayMs <= 0;
}

/** A task as the statement has just made it. */
function madeState(task: NewTask, now: number): TaskState {
  const { lease, delayMs = 0, params, context, ...kept } = task;
  return {
    status: 'working',
    createdAt: now,
    updatedAt: now,
    version: 1,
    attempts: 0,
    dueAt: now + (lease?.leaseMs ?? delayMs),
    worker: lease?.worker ?? null,
    token: lease === undefined ? 0 : 1,
    cancelRequested: false,
    ...kept,
  };
}
