import type { TaskStatus } from '@switchyard/wire';
import type { TerminalStatus } from './status.ts';

/** A JSON text. Stores keep it as it is and never read it; what is kept cannot be changed by whoever gets it. */
export type JsonText = string;

/** What a store keeps of a task beside its payloads. Times are milliseconds since 1970 by the store's clock. */
export interface TaskState {
  /** Nobody can guess it: it may be all that a caller has to show. */
  readonly id: string;
  /** Digest of the principal that made it; for whom it exists at all. */
  readonly owner: string;
  /** The method of the request that it stands for, such as `tools/call`. */
  readonly method: string;
  /** What the request names: the tool, which says whose handler runs it. */
  readonly tool: string;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  readonly createdAt: number;
  /** Of the last change that a caller can see; never goes back. */
  readonly updatedAt: number;
  /** When it became terminal. */
  readonly finishedAt?: number;
  /** Counted from `createdAt`; after it the task fails if it still runs, and is removed if not. `null` means never. */
  readonly ttlMs: number | null;
  /** How long it is kept, at the least, once it is terminal; `ttlMs` is raised for that. `null` leaves `ttlMs` alone. */
  readonly retentionMs: number | null;
  readonly pollIntervalMs: number;
  /** Grows by one with every change that a caller can see. */
  readonly version: number;
  /** The higher goes first. */
  readonly priority: number;
  /** Runs that ended in a failure or with the death of their worker; a run that was suspended or released is none. */
  readonly attempts: number;
  /** From when on it may be claimed, whatever its status: its turn, or the end of a lease. `null`: not before something happens. */
  readonly dueAt: number | null;
  /** Who holds the lease; `null` where nobody does. */
  readonly worker: string | null;
  /** The fencing token: grows by one with every claim. A write with an older one changes nothing. */
  readonly token: number;
  /** Somebody wants it cancelled while a worker has it; the worker settles it. */
  readonly cancelRequested: boolean;
  /** Makes creation idempotent: unique for an owner and tool, as long as the task is kept. */
  readonly idempotencyKey?: string;
}

/** A task as its owner may see it. */
export interface TaskSnapshot extends TaskState {
  /** The result of the request, where `completed`. */
  readonly result?: JsonText;
  /** The JSON-RPC error, where `failed`. */
  readonly error?: JsonText;
  /** The questions that wait for an answer, in the order in which they were asked; only where `input_required`. */
  readonly open: readonly OpenQuestion[];
}

/** A question as it is shown. */
export interface OpenQuestion {
  /** Names this one question for the life of the task. */
  readonly key: string;
  /** The input request. */
  readonly request: JsonText;
}

/** All that is kept of a task: what a worker needs to go on where another ended. */
export interface TaskDossier extends TaskSnapshot {
  /** The params of the request. */
  readonly params: JsonText;
  /** What else the handler must know of the request: principal, capabilities, trace. */
  readonly context: JsonText;
  /** The results of the steps that are done, by name. */
  readonly steps: Readonly<Record<string, JsonText>>;
  /** Every question ever asked, in order. */
  readonly questions: readonly Question[];
}

/** One entry of the input ledger. */
export interface Question extends OpenQuestion {
  /** `withdrawn`: the handler no longer wants to know; it is never shown again, and an answer to it is ignored. */
  readonly state: 'open' | 'answered' | 'withdrawn';
  readonly answer?: JsonText;
}

/** A task to be made. */
export interface NewTask
  extends Pick<
    TaskState,
    | 'id'
    | 'owner'
    | 'method'
    | 'tool'
    | 'ttlMs'
    | 'retentionMs'
    | 'pollIntervalMs'
    | 'priority'
    | 'idempotencyKey'
  > {
  readonly params: JsonText;
  readonly context: JsonText;
  /** How long before it may be claimed. @default 0 */
  readonly delayMs?: number;
  /** Makes it with a lease already, for the worker that will run it at once. */
  readonly lease?: { readonly worker: string; readonly leaseMs: number };
}

/** The right to write to a task that is being run; ends with the next claim of the task. */
export interface Lease {
  readonly id: string;
  readonly token: number;
}

/** How a task ends. */
export type Outcome =
  | { readonly status: 'completed'; readonly result: JsonText; readonly statusMessage?: string }
  | { readonly status: 'failed'; readonly error: JsonText; readonly statusMessage: string }
  | { readonly status: 'cancelled'; readonly statusMessage?: string };

/** How a task ends whose `ttlMs` is over before it is done. */
export const EXPIRED: Outcome & { readonly status: TerminalStatus } = Object.freeze({
  status: 'failed',
  error: '{"code":-32603,"message":"The task has expired."}',
  statusMessage: 'expired',
});
