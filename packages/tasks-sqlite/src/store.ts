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
  Lease,
  ListWish,
  NewTask,
  PruneWish,
  Report,
  Retry,
  StepWrite,
  StoreCapabilities,
  SweepWish,
  Swept,
  TaskChange,
  TaskDossier,
  TaskPage,
  TaskState,
  TaskStore,
} from '@switchyard/tasks';
import type { Changes } from './changes.ts';
import { claim, outlook } from './claim.ts';
import type { Connection } from './connection.ts';
import { create } from './create.ts';
import { ask, finish, heartbeat, release, report, retry, saveStep } from './lease.ts';
import { answer, cancel } from './owner.ts';
import { dossier, page, snapshot, stats } from './read.ts';
import { ChangeLog, type Turn } from './turn.ts';
import { prune, requeue, sweep } from './upkeep.ts';
import type { Writer } from './writer.ts';

/** A store over an open file. */
export interface StoreParts {
  readonly connection: Connection;
  readonly writer: Writer;
  readonly changes: Changes;
  readonly now: () => number;
}

/** The verbs: those that write share transactions, those that read do not wait. */
export class SqliteTaskStore implements TaskStore {
  readonly capabilities: StoreCapabilities = { durable: true, sharedBy: 'machine', pushes: true };
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async create(tasks: readonly NewTask[], limits: CreateLimits = {}): Promise<readonly Created[]> {
    const made = await this.#write((turn) => tasks.map((task) => create(turn, task, limits)));
    return made.map((one) => {
      if (one === undefined) throw new TypeError('There is a task with this id already.');
      return one;
    });
  }

  get(ids: readonly string[], owners?: readonly string[]): ReturnType<TaskStore['get']> {
    return this.#read((connection) => ids.map((id, n) => snapshot(connection, id, owners?.[n])));
  }

  inspect(id: string): Promise<TaskDossier | undefined> {
    return this.#read((connection) => dossier(connection, id));
  }

  async claim(wish: ClaimWish): Promise<ClaimResult> {
    // To find nothing to do, which is what most claims find, needs no write lock.
    const { due, ...next } = await this.#read((connection) => outlook(connection, wish, this.#parts.now()));
    return due ? this.#write((turn) => claim(turn, wish)) : { tasks: [], ...next };
  }

  heartbeat(leases: readonly Lease[], leaseMs: number): ReturnType<TaskStore['heartbeat']> {
    return this.#write((turn) => leases.map((lease) => heartbeat(turn, lease, leaseMs)));
  }

  saveSteps(steps: readonly StepWrite[]): Promise<readonly boolean[]> {
    return this.#write((turn) => steps.map((step) => saveStep(turn, step)));
  }

  report(reports: readonly Report[]): Promise<readonly boolean[]> {
    return this.#write((turn) => reports.map((one) => report(turn, one)));
  }

  ask(asks: readonly Ask[]): ReturnType<TaskStore['ask']> {
    return this.#write((turn) => asks.map((one) => ask(turn, one)));
  }

  retry(retries: readonly Retry[]): Promise<readonly boolean[]> {
    return this.#write((turn) => retries.map((one) => retry(turn, one)));
  }

  release(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.#write((turn) => leases.map((lease) => release(turn, lease)));
  }

  finish(ends: readonly Finish[]): Promise<readonly boolean[]> {
    return this.#write((turn) => ends.map((end) => finish(turn, end)));
  }

  answer(one: Answer): Promise<Answered | undefined> {
    return this.#write((turn) => answer(turn, one));
  }

  cancel(one: Cancel): Promise<CancelOutcome | undefined> {
    return this.#write((turn) => cancel(turn, one));
  }

  sweep(wish: SweepWish): Promise<Swept | undefined> {
    return this.#write((turn) => sweep(turn, wish));
  }

  list(wish: ListWish): Promise<TaskPage> {
    return this.#read((connection) => page(connection, wish));
  }

  stats(): ReturnType<TaskStore['stats']> {
    return this.#read((connection) => stats(connection, this.#parts.now()));
  }

  requeue(id: string, newId: string): Promise<TaskState | undefined> {
    return this.#write((turn) => requeue(turn, id, newId));
  }

  prune(wish: PruneWish): Promise<number> {
    return this.#write((turn) => prune(turn, wish));
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    return this.#parts.changes.subscribe(listener);
  }

  async close(): Promise<void> {
    const { writer, changes, connection } = this.#parts;
    changes.close();
    await writer.close();
    connection.close();
  }

  async #write<T>(work: (turn: Turn) => T): Promise<T> {
    const { writer, connection, changes, now } = this.#parts;
    const [answered, log] = await writer.write(() => {
      const made = new ChangeLog();
      const result = work({ connection, now: Math.floor(now()), changed: made.changed });
      changes.record(made.changes);
      return [result, made.changes] as const;
    });
    changes.tell(log);
    return answered;
  }

  #read<T>(work: (connection: Connection) => T): Promise<T> {
    return this.#parts.writer.read(() => work(this.#parts.connection));
  }
}
