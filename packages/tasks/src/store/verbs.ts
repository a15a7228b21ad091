import type { TaskStatus } from '@switchyard/wire';
import type { JsonText, Lease, Outcome, TaskDossier, TaskState } from '../state/row.ts';
import type { TerminalStatus } from '../state/status.ts';

/** What a store is good for. */
export interface StoreCapabilities {
  /** Tasks outlive the process. */
  readonly durable: boolean;
  /** Who may use the same tasks at the same time. */
  readonly sharedBy: 'process' | 'machine' | 'network';
  /** Whether changes made by other processes are told without being asked for. */
  readonly pushes: boolean;
}

/** What `create` holds to. */
export interface CreateLimits {
  /**
   * The most tasks of one owner that are not terminal. Exact: never exceeded by tasks made under it, however many are made at once,
   * on all instances together. @default no limit
   */
  readonly livePerOwner?: number;
}

/** What became of a task that was to be made. */
export type Created =
  /** Made. */
  | { readonly created: true; readonly task: TaskState }
  /** The owner has one with this tool and idempotency key: here it is, as it is now. */
  | { readonly created: false; readonly task: TaskDossier }
  /** The owner has as many live tasks as allowed; nothing was made. */
  | { readonly created: false; readonly task?: undefined };

/** Which tasks to take. */
export interface ClaimWish {
  /** Who takes them. */
  readonly worker: string;
  readonly leaseMs: number;
  /** How many at the most. */
  readonly limit: number;
  /** Whose handlers are here; all others are left alone. */
  readonly tools: readonly ClaimableTool[];
  /**
   * How many tasks of one owner may be leased at the same time, on all instances together; a lease that is over does not
   * count. Exact: never exceeded, however many claim at once. @default no limit
   */
  readonly perOwner?: number;
}

/** A tool whose tasks are claimed. */
export interface ClaimableTool {
  readonly name: string;
  /** How many of its tasks may be leased at the same time, counted as `perOwner` is. @default no limit */
  readonly atMost?: number;
}

/** What a claim came to. */
export interface ClaimResult {
  readonly tasks: readonly TaskDossier[];
  /** Milliseconds until the next of these tools' tasks falls due, where the store can tell without trouble. */
  readonly nextInMs?: number;
}

/** What a worker learns of a task that it holds. */
export interface Heartbeat {
  readonly cancelRequested: boolean;
  /** Differs from what the worker last saw where something has happened, such as an answer. */
  readonly version: number;
}

/** A result of a step. */
export interface StepWrite {
  readonly lease: Lease;
  readonly name: string;
  readonly result: JsonText;
}

/** How far the work is. */
export interface Report {
  readonly lease: Lease;
  readonly statusMessage: string;
}

/** Questions of one task. */
export interface Ask {
  readonly lease: Lease;
  readonly questions: readonly { readonly key: string; readonly request: JsonText }[];
  /** Keys of open questions that are taken back. */
  readonly withdraw: readonly string[];
  /** Whether the lease is given up. */
  readonly suspend: boolean;
}

/** What came of asking. */
export interface Asked {
  /** How many questions are open now. */
  readonly open: number;
  readonly version: number;
}

/** A run that failed. */
export interface Retry {
  readonly lease: Lease;
  readonly delayMs: number;
  readonly statusMessage?: string;
}

/** The end of a task. */
export interface Finish {
  readonly lease: Lease;
  readonly outcome: Outcome;
}

/** Answers to questions. */
export interface Answer {
  readonly id: string;
  readonly owner: string;
  /** By key. */
  readonly answers: Readonly<Record<string, JsonText>>;
}

/** What came of answers. */
export interface Answered {
  /** The keys whose answers were taken. */
  readonly accepted: readonly string[];
  readonly status: TaskStatus;
}

/** Whose task to cancel. */
export interface Cancel {
  readonly id: string;
  /** Absent: whoever it belongs to. */
  readonly owner?: string;
}

/** What came of cancelling: it is cancelled now; its worker is asked to; it was terminal already. */
export type CancelOutcome = 'cancelled' | 'requested' | 'terminal';

/** How to sweep. */
export interface SweepWish {
  readonly everyMs: number;
  /** How many tasks at the most, of either kind. */
  readonly limit: number;
}

/** What a sweep did. */
export interface Swept {
  readonly expired: number;
  readonly removed: number;
}

/** Which tasks to list. */
export interface ListWish {
  readonly status?: TaskStatus;
  readonly tool?: string;
  readonly owner?: string;
  /** How many at the most. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** A page of a list. */
export interface TaskPage {
  readonly tasks: readonly TaskState[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** How busy a tool is. */
export interface ToolStats {
  readonly tool: string;
  /** Wait for a worker, now or later. */
  readonly queued: number;
  /** Have a worker. */
  readonly running: number;
  /** Wait for input, with no worker. */
  readonly waiting: number;
  /** How long the one that has been due the longest has been so, in milliseconds; 0 where none is due. */
  readonly oldestDueMs: number;
}

/** What to prune. */
export interface PruneWish {
  /** Only tasks that have been terminal for so long, in milliseconds. */
  readonly finishedForMs: number;
  readonly status?: TerminalStatus;
  readonly limit: number;
}

/** A hint that a task has changed. */
export interface TaskChange {
  readonly id: string;
  /** Whether it may be claimed now. */
  readonly due: boolean;
  /** Its worker is asked to cancel it. */
  readonly cancelRequested?: true;
}
