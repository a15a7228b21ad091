import type { InputRequest, InputResponse, Result } from '@switchyard/wire';
import type { Parts } from './assemble.ts';
import type { CallOptions } from './call/call-options.ts';
import type { Caller } from './call/caller.ts';
import { createCaller } from './call/caller.ts';
import { complete } from './call/complete.ts';
import { checkComplete } from './call/result.ts';
import { ClientError } from './errors.ts';
import type { HostCall } from './extension.ts';
import type { InputHandlers } from './input/handlers.ts';
import { memoryOnce } from './input/once.ts';
import type { PendingCall } from './input/pending-call.ts';
import { isPending } from './input/pending-call.ts';
import type { RoundsParts } from './input/rounds.ts';
import type { Params } from './link.ts';
import type { ClientOptions } from './options.ts';
import type { OutputChecker } from './tools/output.ts';
import { outputChecker } from './tools/output.ts';

/** Sees calls through: sends them, answers input rounds, holds results to what they must be. */
export class Calls {
  readonly #parts: Parts;
  readonly #caller: Caller;
  readonly #rounds: RoundsParts;
  readonly #output: OutputChecker | undefined;
  readonly #closed = new AbortController();

  constructor(parts: Parts, options: ClientOptions) {
    const { link, capabilities, environment, extensions, book, warn } = parts;
    this.#parts = parts;
    this.#caller = createCaller({
      ...parts,
      notified: ({ method, params }) => extensions.notifications.get(method)?.(params ?? {}),
      closed: () => this.#closed.signal.aborted,
    });
    this.#rounds = {
      address: link.address,
      handlers: options.handlers ?? {},
      capabilities,
      environment,
      once: options.once ?? memoryOnce(),
      maxRounds: options.maxRounds ?? 10,
      send: this.#caller,
    };
    this.#output = options.validateOutput === false ? undefined : outputChecker(book, warn);
  }

  /** Lets nothing more be sent. */
  close(): void {
    this.#closed.abort(new ClientError('closed', 'The client is closed.'));
  }

  /** Aborted once nothing more is sent. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Sends a request and sees it through. A pending call comes back only where `input` is `manual`. */
  async ask(method: string, params: Params, options?: CallOptions): Promise<Result | PendingCall> {
    const result = await this.#caller(method, params, options);
    const call = { method, params, options };
    if (result.resultType !== 'input_required' || options?.input !== 'manual')
      return this.#finish(call, result);
    const { toPending } = await import('./input/rounds.ts');
    return this.#pending(call, toPending(this.#rounds, { method, params, result, round: 0 }));
  }

  /** The same, where no pending call can come back. */
  async askThrough(method: string, params: Params = {}, options?: CallOptions): Promise<Result> {
    const result = await this.#caller(method, params, options);
    return this.#finish({ method, params, options }, result);
  }

  /** The same for an extension, which may want a result of its own type as it is. */
  async askUntil(call: HostCall): Promise<Result> {
    return this.#finish(call, await this.#caller(call.method, call.params, call.options));
  }

  /** Answers what an extension was asked. */
  async answer(
    request: InputRequest,
    { method, params, options }: HostCall,
    given: InputHandlers = {},
  ): Promise<InputResponse> {
    const { answerInput } = await import('./input/answer.ts');
    const { address, handlers, capabilities } = this.#rounds;
    const name = params['name'];
    const ctx = {
      address,
      method,
      name: typeof name === 'string' ? name : undefined,
      signal: options?.signal,
    };
    return answerInput(request, { handlers: { ...handlers, ...given }, capabilities }, ctx);
  }

  /** Holds a complete result to what it must be. */
  async check({ method, params }: HostCall, result: Result): Promise<Result> {
    checkComplete(method, result);
    if (method === 'tools/call') await this.#output?.check(String(params['name']), result);
    return result;
  }

  /** A pending call out of its text. */
  async revive(text: string): Promise<PendingCall> {
    const { revive } = await import('./input/rounds.ts');
    const { pending, state } = revive(this.#rounds, text);
    return this.#pending({ method: state.method, params: state.params, options: undefined }, pending);
  }

  async #finish({ method, params, options, until }: HostCall, result: Result): Promise<Result> {
    if (result.resultType === 'complete' && method !== 'tools/call') {
      checkComplete(method, result);
      return result;
    }
    const done = await complete(
      { method, params, options, until, result },
      {
        extensions: this.#parts.extensions,
        answerRounds: async ({ result: last }) => {
          // Most calls are never asked anything.
          const { answerRounds } = await import('./input/rounds.ts');
          return answerRounds(this.#rounds, { method, params, result: last, round: 0 }, options);
        },
        request: (...asked) => this.askThrough(...asked),
      },
    );
    if (until !== undefined && done.resultType === until) return done;
    if (method === 'tools/call') await this.#output?.check(String(params['name']), done);
    return done;
  }

  /** A pending call whose result is held to what it must be. */
  #pending(call: HostCall, pending: PendingCall): PendingCall {
    return {
      ...pending,
      resume: async (responses, options = call.options) => {
        const next = await pending.resume(responses, options);
        return isPending(next) ? this.#pending(call, next) : this.#finish(call, next);
      },
    };
  }
}
