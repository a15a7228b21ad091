import type { InputRequest, InputRequests, InputResponse, InputResponses } from '@switchyard/wire';
import { INPUT_METHODS } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { ExtensionHost, HostCall } from '../extension.ts';
import type { InputHandlers } from '../input/handlers.ts';
import type { Ledger } from './ledger.ts';
import { isPassing } from './pace.ts';

/** What the answering of a task's questions needs. */
export interface AnsweringParts {
  readonly host: ExtensionHost;
  /** The call that became the task: what handlers are told. */
  readonly call: HostCall;
  readonly ledger: Ledger;
  /** In place of the client's. */
  readonly handlers: InputHandlers | undefined;
  /** Sends answers to the server. */
  readonly send: (responses: InputResponses) => Promise<unknown>;
  /** Hears what makes it useless to go on. */
  readonly failed: (error: unknown) => void;
}

/**
 * Answers the questions of a task through the client's handlers: each once, one after the other, while the task is watched. A
 * question that is taken back while somebody looks at it is withdrawn. Tasks: Input Requests.
 */
export class Answering {
  readonly #parts: AnsweringParts;
  readonly #waiting = new Map<string, InputRequest>();
  #open: ReadonlySet<string> = new Set();
  #current: { readonly key: string; readonly leaving: AbortController } | undefined;
  #running = false;
  #sending = false;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  /** Takes up the questions of a snapshot. Rejects as `Ledger.admit` does. */
  async take(requests: InputRequests): Promise<void> {
    this.#open = new Set(Object.keys(requests));
    if (this.#current !== undefined && !this.#open.has(this.#current.key)) this.#current.leaving.abort();
    const { fresh, undelivered } = await this.#parts.ledger.admit(requests);
    for (const [key, request] of fresh) this.#waiting.set(key, request);
    if (Object.keys(undelivered).length > 0) void this.#deliver(undelivered);
    if (!this.#running) void this.#work();
  }

  /** Nobody waits for answers any more. */
  stop(): void {
    this.#open = new Set();
    this.#waiting.clear();
    this.#current?.leaving.abort();
  }

  async #work(): Promise<void> {
    this.#running = true;
    try {
      for (const [key, request] of this.#waiting) {
        this.#waiting.delete(key);
        const answer = this.#open.has(key) ? await this.#ask(key, request) : undefined;
        if (answer === undefined) {
          this.#parts.ledger.release(key);
          continue;
        }
        this.#parts.ledger.answered(key, answer);
        // One that was taken back meanwhile is answered all the same: should it come back, nobody is asked again.
        if (this.#open.has(key)) await this.#deliver({ [key]: answer });
      }
    } catch (error) {
      this.#parts.failed(error);
    } finally {
      this.#running = false;
    }
  }

  /** `undefined` where the question was taken back and the handler let go of it. */
  async #ask(key: string, request: InputRequest): Promise<InputResponse | undefined> {
    const { host, call, handlers } = this.#parts;
    const leaving = new AbortController();
    this.#current = { key, leaving };
    try {
      const asking = { ...call, options: { ...call.options, signal: leaving.signal } };
      return await host.answer(request, asking, handlers);
    } catch (error) {
      if (
        leaving.signal.aborted &&
        (request.method !== INPUT_METHODS.elicit || isLeaving(error, leaving.signal))
      )
        return undefined;
      const isUnsupported = error instanceof ClientError && error.code === 'input-unsupported';
      if (request.method !== INPUT_METHODS.elicit || isUnsupported) {
        this.#parts.ledger.release(key);
        throw error;
      }
      // The work goes on, or ends, as if the user had closed the question.
      host.warn(`A handler failed to answer ${JSON.stringify(key)}, which is cancelled: ${String(error)}`);
      return { action: 'cancel' };
    } finally {
      this.#current = undefined;
    }
  }

  /** What the server cannot take now is sent again with a later snapshot. */
  async #deliver(responses: InputResponses): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      await this.#parts.send(responses);
      this.#parts.ledger.delivered(Object.keys(responses));
    } catch (error) {
      if (!isPassing(error)) this.#parts.failed(error);
    } finally {
      this.#sending = false;
    }
  }
}

/** Whether a handler has let go because it was told to. */
function isLeaving(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
