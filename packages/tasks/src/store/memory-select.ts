import { isOver } from '../state/life.ts';
import { isDue } from '../state/machine.ts';
import type { TaskState } from '../state/row.ts';
import type { TaskRow } from '../state/views.ts';
import type { ClaimWish, ListWish, TaskPage, ToolStats } from './verbs.ts';

/** Whose turn is first: by priority, then by how long it has been due. */
export function byTurn(a: TaskRow, b: TaskRow): number {
  return b.priority - a.priority || (a.dueAt ?? 0) - (b.dueAt ?? 0);
}

/** What the limits of a claim still allow. */
export class Allowance {
  readonly #perOwner: number;
  readonly #tools: Map<string, number>;
  readonly #owners = new Map<string, number>();

  constructor(
    { tools, perOwner = Number.POSITIVE_INFINITY }: ClaimWish,
    rows: Iterable<TaskRow>,
    now: number,
  ) {
    this.#perOwner = perOwner;
    this.#tools = new Map(tools.map(({ name, atMost = Number.POSITIVE_INFINITY }) => [name, atMost]));
    for (const row of rows) if (isLeased(row, now)) this.#count(row);
  }

  /** Whether one more may be taken; counts it if so. */
  takes(row: TaskRow): boolean {
    if ((this.#tools.get(row.tool) ?? 0) <= 0 || (this.#owners.get(row.owner) ?? 0) >= this.#perOwner)
      return false;
    this.#count(row);
    return true;
  }

  #count({ tool, owner }: TaskRow): void {
    this.#owners.set(owner, (this.#owners.get(owner) ?? 0) + 1);
    const left = this.#tools.get(tool);
    if (left !== undefined) this.#tools.set(tool, left - 1);
  }
}

/** How long until the next task of these tools falls due. */
export function dueIn(
  rows: Iterable<TaskRow>,
  { tools }: ClaimWish,
  now: number,
): { readonly nextInMs?: number } {
  const names = new Set(tools.map(({ name }) => name));
  let next = Number.POSITIVE_INFINITY;
  for (const { tool, dueAt } of rows)
    if (dueAt !== null && dueAt > now && names.has(tool)) next = Math.min(next, dueAt);
  return next === Number.POSITIVE_INFINITY ? {} : { nextInMs: next - now };
}

/** A page of states, the newest first. */
export function pageOf(
  states: readonly TaskState[],
  { status, tool, owner, limit, after }: ListWish,
): TaskPage {
  const wanted = states
    .filter((one) => status === undefined || one.status === status)
    .filter((one) => tool === undefined || one.tool === tool)
    .filter((one) => owner === undefined || one.owner === owner)
    .filter((one) => after === undefined || place(one) < after)
    .sort((a, b) => (place(a) < place(b) ? 1 : -1));
  const tasks = wanted.slice(0, limit);
  const last = tasks.at(-1);
  return last === undefined || wanted.length <= limit ? { tasks } : { tasks, next: place(last) };
}

/** What is under way, by tool. */
export function statsOf(rows: Iterable<TaskRow>, now: number): readonly ToolStats[] {
  const tools = new Map<string, ToolStats>();
  for (const row of rows) {
    const stats = tools.get(row.tool) ?? {
      tool: row.tool,
      queued: 0,
      running: 0,
      waiting: 0,
      oldestDueMs: 0,
    };
    const kind = row.worker !== null ? 'running' : row.dueAt !== null ? 'queued' : 'waiting';
    const due = row.worker === null && isDue(row, now) ? now - (row.dueAt ?? now) : 0;
    tools.set(row.tool, {
      ...stats,
      [kind]: stats[kind] + 1,
      oldestDueMs: Math.max(stats.oldestDueMs, due),
    });
  }
  return [...tools.values()].sort((a, b) => (a.tool < b.tool ? -1 : 1));
}

// ---

function isLeased(row: TaskRow, now: number): boolean {
  return row.worker !== null && row.dueAt !== null && row.dueAt > now && !isOver(row, now);
}

/** Sorts as age does, and no two tasks have the same. */
function place({ createdAt, id }: TaskState): string {
  return `${String(createdAt).padStart(15, '0')} ${id}`;
}
