import type {
  CallToolResult,
  DetailedTask,
  InputRequests,
  InputResponses,
  Result,
  TaskStatus,
} from '@switchyard/wire';
import { abortError, ClientError, ProtocolError } from '../errors.ts';
import { Latest } from './latest.ts';
import type { Reference } from './reference.ts';
import { serializeReference } from './reference.ts';
import type { TaskState } from './state.ts';
import type { WatchParts } from './watch.ts';
import { Watch } from './watch.ts';

/** A call that goes on at the server. Nothing is asked before `result` or `updates` is. */
export interface TaskHandle<R = CallToolResult> {
  readonly taskId: string;
  /** The last that is known of it; `undefined` for one that was taken up and not looked at yet. */
  readonly state: TaskState | undefined;
  readonly status: TaskStatus | undefined;
  /**
   * Every state from now on, the last one included; what a slow reader missed is left out. Ends with the task, however that
   * ended; throws where it is lost sight of.
   */
  updates(): AsyncIterable<TaskState>;
  /**
   * Waits for the result. Rejects with the `ProtocolError` of a task that has failed, `ClientError` `task-cancelled`,
   * `task-expired`, and as calls do. The signal ends the waiting, not the task.
   */
  result(options?: { readonly signal?: AbortSignal }): Promise<R>;
  /** Asks the server how it stands. */
  look(): Promise<DetailedTask>;
  /** Wants it cancelled. Resolves once the server has heard of it; the task may yet end otherwise. */
  cancel(): Promise<void>;
  /** Answers questions by hand. Rejects with `ClientError` `invalid-input` for a key that nothing is asked under. */
  answer(responses: InputResponses): Promise<void>;
  /** A text by which another process can go on. It holds answers that the server has not taken yet: keep it as safe as those. */
  serialize(): string;
  /** Looks after it no more; the task goes on. What waits for it rejects with `ClientError` `aborted`. */
  stop(): void;
}

/** What a handle is made of. */
export interface HandleParts extends Omit<WatchParts, 'onState'> {
  readonly onState: (state: TaskState) => void;
  readonly reference: Omit<Reference, 'keys'>;
}

/** Whether what a call came to is a task that goes on. What a server answers is never one, whatever its members are called. */
export function isTask<R extends object>(value: R | TaskHandle<R>): value is TaskHandle<R> {
  return (
    typeof Reflect.get(value, 'serialize') === 'function' &&
    typeof Reflect.get(value, 'updates') === 'function'
  );
}

/** The handle of one task. */
export class Handle implements TaskHandle<Result> {
  readonly taskId: string;
  readonly #parts: HandleParts;
  readonly #watch: Watch;
  readonly #latest = new Latest<TaskState>();
  #run: Promise<Result> | undefined;

  constructor(parts: HandleParts, state: TaskState | undefined) {
    this.taskId = parts.taskId;
    this.#parts = parts;
    const onState = (known: TaskState): void => {
      this.#latest.set(known);
      parts.onState(known);
    };
    this.#watch = new Watch({ ...parts, onState }, state);
  }

  get state(): TaskState | undefined {
    return this.#watch.state;
  }

  get status(): TaskStatus | undefined {
    return this.state?.status;
  }

  updates(): AsyncIterable<TaskState> {
    const states = this.#latest.read();
    void this.#follow();
    return states;
  }

  result({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Result> {
    if (signal === undefined) return this.#follow();
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(abortError(signal, true));
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      this.#follow()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', aborted));
    });
  }

  look(): Promise<DetailedTask> {
    return this.#watch.requests.get();
  }

  cancel(): Promise<void> {
    return this.#watch.cancel();
  }

  async answer(responses: InputResponses): Promise<void> {
    const { ledger } = this.#parts;
    const open = openIn(this.state);
    const unknown = Object.keys(responses).find((key) => !Object.hasOwn(open, key));
    if (unknown !== undefined)
      throw new ClientError(
        'invalid-input',
        `The task asks nothing under the key ${JSON.stringify(unknown)}.`,
      );
    const asked = Object.fromEntries(Object.entries(open).filter(([key]) => Object.hasOwn(responses, key)));
    await ledger.admit(asked);
    for (const [key, answer] of Object.entries(responses)) ledger.answered(key, answer);
    await this.#watch.requests.update(responses);
    ledger.delivered(Object.keys(responses));
  }

  serialize(): string {
    return serializeReference({ ...this.#parts.reference, keys: this.#parts.ledger.toJSON() });
  }

  stop(): void {
    this.#watch.stop(
      new ClientError('aborted', 'Nobody looks after the task any more.', { mayHaveRun: true }),
    );
  }

  #follow(): Promise<Result> {
    if (this.#run === undefined) {
      this.#run = this.#toEnd();
      // Who waits hears of a failure; those who read states do by these.
      this.#run.catch(() => undefined);
    }
    return this.#run;
  }

  async #toEnd(): Promise<Result> {
    const task = await this.#watch.end().catch((error: unknown) => {
      this.#latest.end(error);
      throw error;
    });
    this.#latest.end();
    const { host, call } = this.#parts;
    return host.check(call, resultOf(task));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** What a request would have been answered with. Tasks: Task Status. */
function resultOf(task: DetailedTask): Result {
  if (task.status === 'failed') throw new ProtocolError(task.error);
  if (task.status !== 'completed')
    throw new ClientError('task-cancelled', 'The task was cancelled.', { mayHaveRun: true });
  const { resultType } = task.result;
  if (resultType !== undefined && resultType !== 'complete')
    throw new ClientError('invalid-response', 'The result of the task is not complete.', {
      mayHaveRun: true,
    });
  return { ...task.result, resultType: 'complete' };
}

function openIn(state: TaskState | undefined): InputRequests {
  return state !== undefined && 'inputRequests' in state ? state.inputRequests : {};
}
