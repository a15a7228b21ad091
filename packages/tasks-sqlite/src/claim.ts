import type { ClaimResult, ClaimWish, TaskDossier } from '@switchyard/tasks';
import { Allowance } from './allowance.ts';
import type { Connection } from './connection.ts';
import { number, text, toDossier } from './row.ts';
import { NEXT_DUE } from './statements/next-due.ts';
import { NEXT_LANE } from './statements/next-lane.ts';
import { SELECT_DUE } from './statements/select-due.ts';
import { SELECT_LEASED } from './statements/select-leased.ts';
import { TAKE } from './statements/take.ts';
import { first, type Turn } from './turn.ts';

/** Whether there is anything to claim; `nextInMs` where there is not, as far as can be told. Needs no write lock. */
export function outlook(
  connection: Connection,
  wish: ClaimWish,
  now: number,
): { readonly due: boolean; readonly nextInMs?: number } {
  const lanes = lanesOf(connection, wish);
  const due = lanes.some((lane) => dueIn(connection, lane, { now, limit: 1, shut: [] }).length > 0);
  const nextInMs = nextIn(connection, lanes, now);
  return nextInMs === undefined ? { due } : { due, nextInMs };
}

/** Takes tasks that are due. */
export function claim(turn: Turn, wish: ClaimWish): ClaimResult {
  const { connection, now } = turn;
  const lanes = lanesOf(connection, wish);
  const unlimited = wish.perOwner === undefined && wish.tools.every(({ atMost }) => atMost === undefined);
  const allowance = new Allowance(wish, unlimited ? [] : connection.statement(SELECT_LEASED).all(now));
  const tasks: TaskDossier[] = [];
  // Where all that was looked at is held back by limits, those owners and tools are left out and the next are looked at.
  for (let found = 1; found > 0 && tasks.length < wish.limit; ) {
    const open = lanes.filter(({ tool }) => allowance.hasRoom(tool));
    const looked = { now, limit: wish.limit, shut: allowance.owners() };
    const turns = open.flatMap((lane) => dueIn(connection, lane, looked));
    found = 0;
    for (const { id, owner, tool } of turns.sort(byTurn)) {
      if (tasks.length === wish.limit || !allowance.takes(owner, tool)) continue;
      found += 1;
      tasks.push(...take(turn, id, wish));
    }
  }
  const nextInMs = nextIn(connection, lanes, now);
  return nextInMs === undefined ? { tasks } : { tasks, nextInMs };
}

// ---------------------------------------------------------------------------------------------------------------------

/** The tasks of one tool with one priority. The lower the rank, the higher the priority. */
interface Lane {
  readonly tool: string;
  readonly rank: number;
}

/** A task that is due. */
interface Candidate extends Lane {
  readonly id: string;
  readonly owner: string;
  readonly dueAt: number;
}

/** The lanes of the wished tools, found by leaping through the index from one lane to the next. */
function lanesOf(connection: Connection, { tools }: ClaimWish): readonly Lane[] {
  const wished = new Set(tools.map(({ name }) => name));
  const lanes: Lane[] = [];
  let [tool, rank] = ['', Number.MIN_SAFE_INTEGER];
  for (;;) {
    const row = first({ connection }, NEXT_LANE, [tool, rank]);
    if (row === undefined) return lanes;
    [tool, rank] = [text(row, 'tool'), number(row, 'rank')];
    if (wished.has(tool)) lanes.push({ tool, rank });
  }
}

function dueIn(
  connection: Connection,
  { tool, rank }: Lane,
  { now, limit, shut }: { readonly now: number; readonly limit: number; readonly shut: readonly string[] },
): readonly Candidate[] {
  const rows = connection.statement(SELECT_DUE).all(tool, rank, now, limit, JSON.stringify(shut));
  return rows.map((row) => ({
    tool,
    rank,
    id: text(row, 'id'),
    owner: text(row, 'owner'),
    dueAt: number(row, 'due_at'),
  }));
}

function byTurn(a: Candidate, b: Candidate): number {
  return a.rank - b.rank || a.dueAt - b.dueAt;
}

function take({ connection, now }: Turn, id: string, { worker, leaseMs }: ClaimWish): readonly TaskDossier[] {
  const rows = connection.statement(TAKE).all(id, worker, now + leaseMs);
  return rows.map((row) => toDossier(connection, row));
}

function nextIn(connection: Connection, lanes: readonly Lane[], now: number): number | undefined {
  const moments = lanes.flatMap(({ tool, rank }) => connection.statement(NEXT_DUE).all(tool, rank, now));
  const next = moments
    .map((row) => number(row, 'due_at'))
    .reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return Number.isFinite(next) ? next - now : undefined;
}
