import { isOver } from '../state/life.ts';
import {
  answered,
  asked,
  cancelled,
  claimed,
  expired,
  finished,
  isDue,
  made,
  prolonged,
  released,
  reported,
  requeued,
  retried,
  stepped,
} from '../state/machine.ts';
import type { Lease, NewTask, TaskDossier, TaskState } from '../state/row.ts';
import { isTerminal } from '../state/status.ts';
import type { TaskRow } from '../state/views.ts';
import { toDossier, toSnapshot, toState } from '../state/views.ts';
import { Allowance, byTurn, dueIn, pageOf, statsOf } from './memory-select.ts';
import type { TaskStore } from './store.ts';
import type {
  Answer,
  Answered,
  Ask,
  Cancel,
  CancelOutcome,
  ClaimResult,
  ClaimWish,
  Created,
  CreateLimits,
  Finish,
  ListWish,
  PruneWish,
  Report,
  Retry,
  StepWrite,
  StoreCapabilities,
  SweepWish,
  Swept,
  TaskChange,
} from './verbs.ts';

/** How a memory store behaves. */
export interface MemoryTaskStoreOptions {
  /** Milliseconds since 1970. @default the system's clock */
  readonly now?: () => number;
}

/** Keeps tasks in memory: for tests, and for servers whose tasks need not outlive them. */
export function memoryTaskStore(options: MemoryTaskStoreOptions = {}): TaskStore {
  return new MemoryTaskStore(options.now ?? (() => Date.now()));
}

class MemoryTaskStore implements TaskStore {
  readonly capabilities: StoreCapabilities = { durable: false, sharedBy: 'process', pushes: true };
  readonly #now: () => number;
  readonly #rows = new Map<string, TaskRow>();
  /** Those that are not terminal, and how many each owner has of them. */
  readonly #live = new Map<string, TaskRow>();
  readonly #liveOf = new Map<string, number>();
  readonly #byKey = new Map<string, string>();
  readonly #listeners = new Set<(change: TaskChange) => void>();
  #sweptUntil = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  async create(
    tasks: readonly NewTask[],
    { livePerOwner = Number.POSITIVE_INFINITY }: CreateLimits = {},
  ): Promise<readonly Created[]> {
    return tasks.map((task): Created => {
      const key = keyOf(task);
      const known = this.#rows.get((key === undefined ? undefined : this.#byKey.get(key)) ?? '');
      if (known !== undefined) return { created: false, task: toDossier(known) };
      if ((this.#liveOf.get(task.owner) ?? 0) >= livePerOwner) return { created: false };
      if (this.#rows.has(task.id)) throw new TypeError('There is a task with this id already.');
      const row = made(task, this.#now());
      if (key !== undefined) this.#byKey.set(key, task.id);
      this.#put(row);
      return { created: true, task: toState(row) };
    });
  }

  async get(ids: readonly string[], owners?: readonly string[]): ReturnType<TaskStore['get']> {
    return ids.map((id, n) => {
      const row = this.#rows.get(id);
      return row === undefined || row.owner !== (owners?.[n] ?? row.owner) ? undefined : toSnapshot(row);
    });
  }

  async inspect(id: string): Promise<TaskDossier | undefined> {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : toDossier(row);
  }

  async claim(wish: ClaimWish): Promise<ClaimResult> {
    const now = this.#now();
    const allowance = new Allowance(wish, this.#live.values(), now);
    const tasks: TaskDossier[] = [];
    for (const row of [...this.#live.values()].filter((one) => isDue(one, now)).sort(byTurn)) {
      if (tasks.length >= wish.limit) break;
      const taken = allowance.takes(row) ? claimed(row, wish, now) : undefined;
      if (taken === undefined) continue;
      this.#keep(taken);
      tasks.push(toDossier(taken));
    }
    return tasks.length < wish.limit ? { tasks, ...dueIn(this.#live.values(), wish, now) } : { tasks };
  }

  async heartbeat(leases: readonly Lease[], leaseMs: number): ReturnType<TaskStore['heartbeat']> {
    const until = this.#now() + leaseMs;
    return leases.map((lease) => {
      const row = this.#rows.get(lease.id);
      const next = row === undefined ? undefined : prolonged(row, lease, until);
      if (next === undefined) return undefined;
      this.#keep(next);
      return { cancelRequested: next.cancelRequested, version: next.version };
    });
  }

  async saveSteps(steps: readonly StepWrite[]): Promise<readonly boolean[]> {
    return steps.map((step) => this.#change(step.lease.id, (row) => stepped(row, step)) !== undefined);
  }

  async report(reports: readonly Report[]): Promise<readonly boolean[]> {
    return reports.map(
      (one) => this.#change(one.lease.id, (row, now) => reported(row, one, now)) !== undefined,
    );
  }

  async ask(asks: readonly Ask[]): ReturnType<TaskStore['ask']> {
    return asks.map((ask) => {
      const row = this.#change(ask.lease.id, (before, now) => asked(before, ask, now));
      return row === undefined ? undefined : { open: toSnapshot(row).open.length, version: row.version };
    });
  }

  async retry(retries: readonly Retry[]): Promise<readonly boolean[]> {
    return retries.map(
      (one) => this.#change(one.lease.id, (row, now) => retried(row, one, now)) !== undefined,
    );
  }

  async release(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return leases.map(
      (lease) => this.#change(lease.id, (row, now) => released(row, lease, now)) !== undefined,
    );
  }

  async finish(ends: readonly Finish[]): Promise<readonly boolean[]> {
    return ends.map((end) => this.#change(end.lease.id, (row, now) => finished(row, end, now)) !== undefined);
  }

  async answer({ id, owner, answers }: Answer): Promise<Answered | undefined> {
    const before = this.#rows.get(id);
    if (before === undefined || before.owner !== owner) return undefined;
    const after = this.#change(id, (row, now) => answered(row, answers, now)) ?? before;
    const still = new Set(toSnapshot(after).open.map(({ key }) => key));
    const taken = after === before ? [] : toSnapshot(before).open.filter(({ key }) => !still.has(key));
    return { accepted: taken.map(({ key }) => key), status: after.status };
  }

  async cancel({ id, owner }: Cancel): Promise<CancelOutcome | undefined> {
    const row = this.#rows.get(id);
    if (row === undefined || (owner !== undefined && row.owner !== owner)) return undefined;
    const after = this.#change(id, cancelled);
    if (after === undefined) return 'terminal';
    return after.status === 'cancelled' ? 'cancelled' : 'requested';
  }

  async sweep({ everyMs, limit }: SweepWish): Promise<Swept | undefined> {
    const now = this.#now();
    if (now < this.#sweptUntil) return undefined;
    this.#sweptUntil = now + everyMs;
    const over = [...this.#rows.values()].filter((row) => isOver(row, now));
    const gone = over.filter(({ status }) => isTerminal(status)).slice(0, limit);
    for (const row of gone) this.#remove(row);
    const late = over.filter(({ status }) => !isTerminal(status)).slice(0, limit);
    for (const { id } of late) this.#change(id, expired);
    return { expired: late.length, removed: gone.length };
  }

  async list(wish: ListWish): ReturnType<TaskStore['list']> {
    return pageOf([...this.#rows.values()].map(toState), wish);
  }

  async stats(): ReturnType<TaskStore['stats']> {
    return statsOf(this.#live.values(), this.#now());
  }

  async requeue(id: string, newId: string): Promise<TaskState | undefined> {
    const row = this.#rows.get(id);
    const fresh = row === undefined ? undefined : requeued(row, newId, this.#now());
    if (fresh === undefined) return undefined;
    this.#put(fresh);
    return toState(fresh);
  }

  async prune({ finishedForMs, status, limit }: PruneWish): Promise<number> {
    const latest = this.#now() - finishedForMs;
    const gone = [...this.#rows.values()]
      .filter((row) => row.finishedAt !== undefined && row.finishedAt <= latest)
      .filter((row) => status === undefined || row.status === status)
      .slice(0, limit);
    for (const row of gone) this.#remove(row);
    return gone.length;
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #change(id: string, change: (row: TaskRow, now: number) => TaskRow | undefined): TaskRow | undefined {
    const row = this.#rows.get(id);
    const next = row === undefined ? undefined : change(row, this.#now());
    if (next !== undefined && next !== row) this.#put(next);
    return next;
  }

  #keep(row: TaskRow): void {
    this.#rows.set(row.id, row);
    const change = Number(!isTerminal(row.status)) - Number(this.#live.has(row.id));
    if (change !== 0) this.#liveOf.set(row.owner, (this.#liveOf.get(row.owner) ?? 0) + change);
    if (this.#liveOf.get(row.owner) === 0) this.#liveOf.delete(row.owner);
    if (isTerminal(row.status)) this.#live.delete(row.id);
    else this.#live.set(row.id, row);
  }

  #put(row: TaskRow): void {
    this.#keep(row);
    const asked = row.cancelRequested && row.worker !== null;
    const change = {
      id: row.id,
      due: isDue(row, this.#now()),
      ...(asked ? { cancelRequested: true as const } : {}),
    };
    for (const listener of [...this.#listeners]) listener(change);
  }

  #remove(row: TaskRow): void {
    this.#rows.delete(row.id);
    const key = keyOf(row);
    if (key !== undefined && this.#byKey.get(key) === row.id) this.#byKey.delete(key);
  }
}

function keyOf({
  owner,
  tool,
  idempotencyKey,
}: Pick<TaskState, 'owner' | 'tool' | 'idempotencyKey'>): string | undefined {
  return idempotencyKey === undefined ? undefined : JSON.stringify([owner, tool, idempotencyKey]);
}
