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
import { EXPIRED } from '@switchyard/tasks';
import { type Claimer, createClaimer } from './claim.ts';
import { createMaker, type Maker } from './create.ts';
import { gather } from './gather.ts';
import { outcomeColumns } from './items.ts';
import { dossiers, page, snapshots, stats, type Wish } from './read.ts';
import { type StateRow, toState } from './row.ts';
import { answerStatement } from './statements/answer.ts';
import { cancelStatement } from './statements/cancel.ts';
import { pruneStatement } from './statements/prune.ts';
import { requeueStatement } from './statements/requeue.ts';
import { sweepStatement } from './statements/sweep.ts';
import { storable, toItems } from './text.ts';
import { type LeaseVerbs, leaseVerbs, type Workings } from './verbs.ts';

/** A store over open connections. */
export interface StoreParts extends Workings {
  readonly schema: string;
  /** Whether other instances are heard of. */
  readonly listens: boolean;
  /** Lets go of everything. */
  readonly close: () => Promise<void>;
}

/** The verbs, each of them one statement. */
export class PostgresTaskStore implements TaskStore {
  readonly capabilities: StoreCapabilities;
  readonly #parts: StoreParts;
  readonly #make: Maker;
  readonly #claim: Claimer;
  readonly #verbs: LeaseVerbs;
  readonly #read: (wishes: readonly Wish[]) => ReturnType<TaskStore['get']>;

  constructor(parts: StoreParts) {
    this.capabilities = { durable: true, sharedBy: 'network', pushes: parts.listens };
    this.#parts = parts;
    this.#make = createMaker(parts);
    this.#claim = createClaimer(parts, parts.schema);
    this.#verbs = leaseVerbs(parts);
    this.#read = gather((wishes) => this.#getAll(wishes), {
      most: 200,
      atOnce: 2,
      apart: ({ id }) => id,
      harmless: () => false,
    });
  }

  create(tasks: readonly NewTask[], limits?: CreateLimits): Promise<readonly Created[]> {
    return this.#make(tasks, limits);
  }

  get(ids: readonly string[], owners?: readonly string[]): ReturnType<TaskStore['get']> {
    return this.#read(ids.map((id, n) => ({ id, owner: owners?.[n] })));
  }

  async inspect(id: string): Promise<TaskDossier | undefined> {
    const [task] = await dossiers(this.#parts, [id]);
    return task;
  }

  claim(wish: ClaimWish): Promise<ClaimResult> {
    return this.#claim(wish);
  }

  heartbeat(leases: readonly Lease[], leaseMs: number): ReturnType<TaskStore['heartbeat']> {
    return this.#verbs.heartbeat(leases.map((lease) => ({ lease, leaseMs })));
  }

  saveSteps(steps: readonly StepWrite[]): Promise<readonly boolean[]> {
    return this.#verbs.saveSteps(steps);
  }

  report(reports: readonly Report[]): Promise<readonly boolean[]> {
    return this.#verbs.report(reports);
  }

  ask(asks: readonly Ask[]): ReturnType<TaskStore['ask']> {
    return this.#verbs.ask(asks);
  }

  retry(retries: readonly Retry[]): Promise<readonly boolean[]> {
    return this.#verbs.retry(retries);
  }

  release(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.#verbs.release(leases);
  }

  finish(ends: readonly Finish[]): Promise<readonly boolean[]> {
    return this.#verbs.finish(ends);
  }

  async answer({ id, owner, answers }: Answer): Promise<Answered | undefined> {
    const { database, tables, changes } = this.#parts;
    const values = [storable(id), storable(owner), toItems(answers)];
    const [row] = await database.rows<AnswerRow>(answerStatement(tables), values);
    if (row === undefined) return undefined;
    const accepted = row.accepted ?? [];
    if (accepted.length > 0) changes.changed({ id, due: row.due });
    return { accepted, status: row.status };
  }

  async cancel({ id, owner }: Cancel): Promise<CancelOutcome | undefined> {
    const { database, tables, changes } = this.#parts;
    const values = [storable(id), owner === undefined ? null : storable(owner)];
    const [row] = await database.rows<{ outcome: CancelOutcome }>(cancelStatement(tables), values);
    if (row?.outcome === 'requested') changes.changed({ id, due: false, cancelRequested: true });
    if (row?.outcome === 'cancelled') changes.changed({ id, due: false });
    return row?.outcome;
  }

  async sweep({ everyMs, limit }: SweepWish): Promise<Swept | undefined> {
    const { database, tables, changes } = this.#parts;
    const { status, status_message, error } = outcomeColumns(EXPIRED);
    const values = [everyMs, limit, status, error, status_message];
    const [row] = await database.rows<SweepRow>(sweepStatement(tables), values);
    if (row === undefined) return undefined;
    const expired = row.expired ?? [];
    for (const id of expired) changes.changed({ id, due: false });
    return { expired: expired.length, removed: row.removed };
  }

  list(wish: ListWish): Promise<TaskPage> {
    return page(this.#parts, wish);
  }

  stats(): ReturnType<TaskStore['stats']> {
    return stats(this.#parts);
  }

  async requeue(id: string, newId: string): Promise<TaskState | undefined> {
    const { database, tables, changes } = this.#parts;
    const [row] = await database.rows<StateRow>(requeueStatement(tables), [storable(id), newId]);
    if (row !== undefined) changes.changed({ id: newId, due: true });
    return row === undefined ? undefined : toState(row);
  }

  async prune({ finishedForMs, status, limit }: PruneWish): Promise<number> {
    const { database, tables } = this.#parts;
    const values = [finishedForMs, status ?? null, limit];
    const [row] = await database.rows<{ removed: number }>(pruneStatement(tables), values);
    return row?.removed ?? 0;
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    return this.#parts.changes.subscribe(listener);
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  async #getAll(wishes: readonly Wish[]): ReturnType<TaskStore['get']> {
    const found = new Map((await snapshots(this.#parts, wishes)).map((task) => [task.id, task]));
    return wishes.map(({ id }) => found.get(id));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

interface AnswerRow {
  readonly status: TaskState['status'];
  readonly due: boolean;
  readonly accepted: readonly string[] | null;
}

interface SweepRow {
  readonly expired: readonly string[] | null;
  readonly removed: number;
}
