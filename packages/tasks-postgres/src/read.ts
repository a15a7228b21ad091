import type { ListWish, TaskDossier, TaskPage, TaskSnapshot, ToolStats } from '@switchyard/tasks';
import type { Database } from './database.ts';
import type { Tables } from './names.ts';
import { type DossierRow, type SnapshotRow, type StateRow, toDossier, toSnapshot, toState } from './row.ts';
import { getStatement } from './statements/get.ts';
import { inspectStatement } from './statements/inspect.ts';
import { listStatement } from './statements/list.ts';
import { statsStatement } from './statements/stats.ts';
import { storable } from './text.ts';

/** What reading needs. */
export interface Reading {
  readonly database: Database;
  readonly tables: Tables;
}

/** A task to read; where an owner is named, of that one alone. */
export interface Wish {
  readonly id: string;
  readonly owner: string | undefined;
}

/** Tasks as their owners see them, in any order. */
export async function snapshots(
  { database, tables }: Reading,
  wishes: readonly Wish[],
): Promise<readonly TaskSnapshot[]> {
  const ids = wishes.map(({ id }) => storable(id));
  const owners = wishes.map(({ owner }) => (owner === undefined ? null : storable(owner)));
  const rows = await database.rows<SnapshotRow>(getStatement(tables), [ids, owners]);
  return rows.map(toSnapshot);
}

/** All that is kept of tasks, in any order. */
export async function dossiers(
  { database, tables }: Reading,
  ids: readonly string[],
): Promise<readonly TaskDossier[]> {
  const rows = await database.rows<DossierRow>(inspectStatement(tables), [ids.map(storable)]);
  return rows.map(toDossier);
}

/** A page of tasks, the newest first. */
export async function page({ database, tables }: Reading, wish: ListWish): Promise<TaskPage> {
  const { status, tool, owner, limit, after } = wish;
  const statement = listStatement(tables, { status, tool: tool !== undefined, owner: owner !== undefined });
  const [createdAt, id] = placeOf(after);
  const filters = [tool, owner].map((text) => (text === undefined ? null : storable(text)));
  const rows = await database.rows<StateRow>(statement, [limit + 1, createdAt, id, ...filters]);
  const tasks = rows.slice(0, limit).map(toState);
  const last = tasks.at(-1);
  return last === undefined || rows.length <= limit
    ? { tasks }
    : { tasks, next: `${last.createdAt} ${last.id}` };
}

/** What is under way, by tool. */
export async function stats({ database, tables }: Reading): Promise<readonly ToolStats[]> {
  const rows = await database.rows<StatsRow>(statsStatement(tables), []);
  return rows.map(({ oldest_due_ms, ...counts }) => ({ ...counts, oldestDueMs: oldest_due_ms }));
}

// ---------------------------------------------------------------------------------------------------------------------

interface StatsRow extends Omit<ToolStats, 'oldestDueMs'> {
  readonly oldest_due_ms: number;
}

/** Where a page begins: before the oldest task of the one before, or before nothing. Throws `TypeError` for what is no place. */
function placeOf(after: string | undefined): readonly [createdAt: number, id: string] {
  if (after === undefined) return [Number.MAX_SAFE_INTEGER, ''];
  const [, createdAt, id] = /^(\d{1,15}) ([^\0]*)$/s.exec(after) ?? [];
  if (createdAt === undefined || id === undefined) throw new TypeError('`after` is no place in a list');
  return [Number(createdAt), id];
}
