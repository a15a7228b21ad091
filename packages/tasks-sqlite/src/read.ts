import type { ListWish, TaskDossier, TaskPage, TaskSnapshot, TaskState, ToolStats } from '@switchyard/tasks';
import { STATE } from './columns.ts';
import type { Connection, SqlValue } from './connection.ts';
import { number, text, toDossier, toSnapshot, toState } from './row.ts';
import { SELECT_OWN_TASK, SELECT_TASK } from './statements/select-task.ts';
import { STATS } from './statements/stats.ts';
import { first } from './turn.ts';

/** A task as its owner may see it; where an owner is named, for that one alone. */
export function snapshot(connection: Connection, id: string, owner?: string): TaskSnapshot | undefined {
  const row =
    owner === undefined
      ? first({ connection }, SELECT_TASK, [id])
      : first({ connection }, SELECT_OWN_TASK, [id, owner]);
  return row === undefined ? undefined : toSnapshot(connection, row);
}

/** All that is kept of a task. */
export function dossier(connection: Connection, id: string): TaskDossier | undefined {
  const row = first({ connection }, SELECT_TASK, [id]);
  return row === undefined ? undefined : toDossier(connection, row);
}

/** What is under way, by tool. */
export function stats(connection: Connection, now: number): readonly ToolStats[] {
  return connection
    .statement(STATS)
    .all(now)
    .map((row) => ({
      tool: text(row, 'tool'),
      queued: number(row, 'queued'),
      running: number(row, 'running'),
      waiting: number(row, 'waiting'),
      oldestDueMs: number(row, 'oldest_due_ms'),
    }));
}

/** A page of tasks, the newest first. */
export function page(connection: Connection, { status, tool, owner, limit, after }: ListWish): TaskPage {
  const filters: readonly (readonly [string, readonly SqlValue[]])[] = [
    ['(created_at, id) < (?, ?)', placeOf(after)],
    ...(status === undefined ? [] : [[OF_STATUS[status], []] as const]),
    ...(tool === undefined ? [] : [['tool = ?', [tool]] as const]),
    ...(owner === undefined ? [] : [['owner = ?', [owner]] as const]),
  ];
  const sql = `
SELECT ${STATE} FROM tasks WHERE ${filters.map(([condition]) => condition).join(' AND ')}
ORDER BY created_at DESC, id DESC LIMIT ?`;
  const rows = connection.statement(sql).all(...filters.flatMap(([, values]) => values), limit + 1);
  const tasks = rows.slice(0, limit).map(toState);
  const last = tasks.at(-1);
  return last === undefined || rows.length <= limit
    ? { tasks }
    : { tasks, next: `${last.createdAt} ${last.id}` };
}

// ---------------------------------------------------------------------------------------------------------------------

/** Written out, so that the index for each can be used. */
const OF_STATUS: Readonly<Record<TaskState['status'], string>> = {
  working: "status = 'working' AND finished_at IS NULL",
  input_required: "status = 'input_required' AND finished_at IS NULL",
  completed: "status = 'completed'",
  failed: "status = 'failed'",
  cancelled: "status = 'cancelled'",
};

/** Where a page begins: before the oldest task of the one before, or before nothing. Throws `TypeError` for what is no place. */
function placeOf(after: string | undefined): readonly [createdAt: number, id: string] {
  if (after === undefined) return [Number.MAX_SAFE_INTEGER, ''];
  const [, createdAt, id] = /^(\d{1,15}) (.*)$/s.exec(after) ?? [];
  if (createdAt === undefined || id === undefined) throw new TypeError('`after` is no place in a list');
  return [Number(createdAt), id];
}
