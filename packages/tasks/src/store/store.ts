import type { Lease, NewTask, TaskDossier, TaskSnapshot, TaskState } from '../state/row.ts';
import type {
  Answer,
  Answered,
  Ask,
  Asked,
  Cancel,
  CancelOutcome,
  ClaimResult,
  ClaimWish,
  Created,
  CreateLimits,
  Finish,
  Heartbeat,
  ListWish,
  PruneWish,
  Report,
  Retry,
  StepWrite,
  StoreCapabilities,
  SweepWish,
  Swept,
  TaskChange,
  TaskPage,
  ToolStats,
} from './verbs.ts';

/**
 * Keeps tasks. Every verb that changes a task is one conditional write: it says what must hold, and changes all or nothing.
 *
 * - **Time is the store's own.** Verbs take durations and never moments, and the store reads one clock: a database that many
 *   hosts share, its own. So it does not matter how far the clocks of the hosts are apart.
 * - **Fences.** A verb that takes a {@link Lease} changes a task only where the token is still the task's and the task is not
 *   terminal. It does not matter whether the lease is over as long as nobody has claimed the task since.
 * - **Terminal is terminal**, in the condition of the write itself.
 * - **Many at once.** Verbs take many tasks, each task once, and answer in the same order, so that a store can do each in one
 *   statement; each item stands for itself and those that cannot be written hold up no others.
 * - A verb that resolves has done its work durably, and visibly for every later verb of every process.
 */
export interface TaskStore {
  readonly capabilities: StoreCapabilities;

  /** Makes tasks, `working` and due after `delayMs`, or already leased. */
  create(tasks: readonly NewTask[], limits?: CreateLimits): Promise<readonly Created[]>;

  /**
   * Tasks as their owners see them; `undefined` for those that do not exist. With `owners`, one for each id, a task of another owner
   * does not exist, and takes no longer to be told than one that nobody has made.
   */
  get(ids: readonly string[], owners?: readonly string[]): Promise<readonly (TaskSnapshot | undefined)[]>;

  /** All that is kept of one task. */
  inspect(id: string): Promise<TaskDossier | undefined>;

  /**
   * Takes tasks that are due, by priority and then by how long they have been due: each gets the worker, a new token and
   * `dueAt` at the end of the lease. A task that had a worker has lost it: that counts as an attempt.
   * No two claims ever get the same token of a task.
   */
  claim(wish: ClaimWish): Promise<ClaimResult>;

  /** Prolongs leases: `dueAt` becomes `leaseMs` from now. `undefined` for one that is lost. */
  heartbeat(leases: readonly Lease[], leaseMs: number): Promise<readonly (Heartbeat | undefined)[]>;

  /** Keeps results of steps; a name that is taken keeps what it has. `false` where the lease is lost. */
  saveSteps(steps: readonly StepWrite[]): Promise<readonly boolean[]>;

  /** Says how far the work is. `false` where the lease is lost. */
  report(reports: readonly Report[]): Promise<readonly boolean[]>;

  /**
   * Asks questions, takes back others, and with `suspend` gives up the lease. Keys that are in the ledger already stay as they
   * are. Afterwards the task is `input_required` where a question is open, and `working` where none is; suspended, it is due
   * at once where none is open, and not at all where one is. `undefined` where the lease is lost.
   */
  ask(asks: readonly Ask[]): Promise<readonly (Asked | undefined)[]>;

  /** Ends a run that failed: one attempt more, no worker, due after `delayMs`. `false` where the lease is lost. */
  retry(retries: readonly Retry[]): Promise<readonly boolean[]>;

  /** Gives up leases so that others may go on at once: no attempt, no worker, due now. `false` where the lease is lost. */
  release(leases: readonly Lease[]): Promise<readonly boolean[]>;

  /** Ends tasks. `false` where the lease is lost. */
  finish(ends: readonly Finish[]): Promise<readonly boolean[]>;

  /**
   * Takes answers to open questions, all in one write; other keys are ignored, and so is everything where the task is not
   * `input_required`. When no question is open any more the task is `working` again, and due at once where nobody holds a lease.
   * `undefined` where the owner has no such task.
   */
  answer(answer: Answer): Promise<Answered | undefined>;

  /**
   * Cancels: at once where nobody works on the task or it waits for input; otherwise the worker is asked to.
   * `undefined` where there is no such task, or not for this owner.
   */
  cancel(cancel: Cancel): Promise<CancelOutcome | undefined>;

  /**
   * Fails what has expired ({@link EXPIRED}) and removes what need not be kept. Of any number of callers one does it, and nobody
   * again within `everyMs`; the others get `undefined`.
   */
  sweep(wish: SweepWish): Promise<Swept | undefined>;

  /** A page of tasks, the newest first. */
  list(wish: ListWish): Promise<TaskPage>;

  /** What is under way, by tool; tools without any are left out. */
  stats(): Promise<readonly ToolStats[]>;

  /**
   * Makes a new task, due at once, of one that `failed`, with its steps and answers and a fresh count of attempts: the failed
   * one stays as it is. `undefined` where the task does not exist or has not failed.
   */
  requeue(id: string, newId: string): Promise<TaskState | undefined>;

  /** Removes terminal tasks, whatever their `ttlMs`, at most `limit`; says how many. */
  prune(wish: PruneWish): Promise<number>;

  /**
   * Calls back when a task may have changed, whoever changed it (see `capabilities.pushes`), until the returned function is
   * called. A hint: it may come late, more than once, or never, and whoever needs to know asks again from time to time.
   */
  subscribe(listener: (change: TaskChange) => void): () => void;

  /** Lets go of what it holds, such as connections. */
  close(): Promise<void>;
}
