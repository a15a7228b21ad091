import type { DetailedTask } from '@switchyard/wire';
import { ERRORS } from '@switchyard/wire';
import { ProtocolError } from '../errors.ts';
import type { ExtensionHost, HostCall } from '../extension.ts';
import type { InputHandlers } from '../input/handlers.ts';
import { Answering } from './answering.ts';
import type { Ledger } from './ledger.ts';
import { Pace } from './pace.ts';
import { expiredTask, isTerminal, readTask } from './read-task.ts';
import { TaskRequests } from './requests.ts';
import type { TaskState } from './state.ts';
import { shown } from './state.ts';
import type { Streams, TaskStream } from './streams.ts';

/** What watching a task needs. */
export interface WatchParts {
  readonly host: ExtensionHost;
  readonly taskId: string;
  /** The call that became the task. */
  readonly call: HostCall;
  readonly ledger: Ledger;
  /** Absent where no stream is to be opened. */
  readonly streams: Streams | undefined;
  /** Whether its questions are answered by handlers. */
  readonly answers: boolean;
  /** In place of the client's. */
  readonly handlers: InputHandlers | undefined;
  readonly maxOutageMs: number;
  /** Hears of every state. */
  readonly onState: (state: TaskState) => void;
}

/** For how long a task is asked for after the time that it is kept for. */
const GRACE_MS = 60_000;
/** Where a task wants to be asked so seldom, it is listened to from the start; else only once it was asked, since most are over then. */
const SLOW_POLL_MS = 3_000;

/**
 * Follows one task to its end: asks at the pace that the task wants, hears of it where the server tells, answers what it asks.
 * Tasks: Task Polling.
 */
export class Watch {
  readonly requests: TaskRequests;
  readonly #parts: WatchParts;
  readonly #pace: Pace;
  readonly #answering: Answering;
  readonly #seenAt: number;
  #state: TaskState | undefined;
  #told: DetailedTask | undefined;
  #lookNow = false;
  #wake: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #stream: TaskStream | undefined;

  constructor(parts: WatchParts, state: TaskState | undefined) {
    const { host, call, ledger, handlers, maxOutageMs } = parts;
    this.#parts = parts;
    this.#state = state;
    this.requests = new TaskRequests(parts);
    this.#pace = new Pace(host.environment, maxOutageMs);
    this.#seenAt = host.environment.now();
    this.#answering = new Answering({
      host,
      call,
      ledger,
      handlers,
      send: (responses) => this.requests.update(responses),
      failed: (error) => this.stop(error),
    });
  }

  /** The last that is known of it. */
  get state(): TaskState | undefined {
    return this.#state;
  }

  /** The task in its end. Rejects where it is lost sight of. */
  async end(): Promise<DetailedTask> {
    const closed = (): void => this.stop(this.#parts.host.closed.reason);
    this.#parts.host.closed.addEventListener('abort', closed, { once: true });
    try {
      if ((this.#state?.pollIntervalMs ?? 0) >= SLOW_POLL_MS) this.#listen();
      for (;;) {
        const task = await this.#next();
        this.#state = shown(task);
        this.#parts.onState(this.#state);
        if (isTerminal(task.status)) return task;
        await this.#attend(task);
      }
    } finally {
      this.#parts.host.closed.removeEventListener('abort', closed);
      this.#answering.stop();
      this.#stream?.close();
    }
  }

  /** Ends the watching with an error; the task goes on. */
  stop(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  /** Asks now. */
  look(): void {
    this.#lookNow = true;
    this.#wake?.();
  }

  /** Wants the task cancelled, and looks what becomes of it. */
  async cancel(): Promise<void> {
    await this.requests.cancel();
    this.look();
  }

  /** Does what a task that goes on wants. */
  async #attend(task: DetailedTask): Promise<void> {
    this.#listen();
    if (task.ttlMs !== null && this.#age() > task.ttlMs + GRACE_MS) throw expiredTask();
    if (this.#parts.answers)
      await this.#answering.take(task.status === 'input_required' ? task.inputRequests : {});
  }

  /** Once: a stream that was lost is opened again by itself. */
  #listen(): void {
    this.#stream ??= this.#parts.streams?.open(this.#parts.taskId, {
      look: () => this.look(),
      told: (params) => this.#hear(params),
    });
  }

  /** The next state that is news. */
  async #next(): Promise<DetailedTask> {
    for (;;) {
      await this.#pause();
      if (this.#failure !== undefined) throw this.#failure.error;
      const told = this.#told;
      this.#told = undefined;
      if (told !== undefined) {
        if (!this.#isOld(told)) return told;
        continue;
      }
      try {
        const task = await this.requests.get();
        this.#pace.succeeded();
        return task;
      } catch (error) {
        this.#lost(error);
        this.#pace.failed(error);
      }
    }
  }

  async #pause(): Promise<void> {
    const known = this.#state;
    // A task that ended as it was made brings its result only now; one that was taken up is looked at first.
    const isUrgent = (known === undefined || isTerminal(known.status)) && !this.#pace.failing;
    if (isUrgent || this.#lookNow || this.#told !== undefined || this.#failure !== undefined) {
      this.#lookNow = false;
      return;
    }
    const ms = this.#pace.pauseMs(known ?? {}, this.#stream?.open === true);
    await new Promise<void>((resolve) => {
      const stop = this.#parts.host.environment.after(ms, resolve);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
    this.#wake = undefined;
    this.#lookNow = false;
  }

  #hear(params: Readonly<Record<string, unknown>>): void {
    try {
      this.#told = readTask(params, this.#parts.taskId);
      this.#wake?.();
    } catch (error) {
      this.#parts.host.warn(`A notification of a task is left aside: ${String(error)}`);
    }
  }

  /** Whether a state that was told is older than the one that was asked for. */
  #isOld({ lastUpdatedAt }: DetailedTask): boolean {
    return Date.parse(lastUpdatedAt) < Date.parse(this.#state?.lastUpdatedAt ?? '');
  }

  /** Throws for a task that nobody knows any more because its time is over. */
  #lost(error: unknown): void {
    const ttlMs = this.#state?.ttlMs;
    const isUnknown = error instanceof ProtocolError && error.code === ERRORS.InvalidParams.code;
    if (isUnknown && typeof ttlMs === 'number' && this.#age() >= ttlMs) throw expiredTask(error);
  }

  /** For how long it has been known here: clocks of servers may differ. */
  #age(): number {
    return this.#parts.host.environment.now() - this.#seenAt;
  }
}
