import type { Envelope, JSONObject, JSONRPCRequest, Rejection, RequestId } from '@switchyard/wire';
import { errorMessage, notificationMessage, reject } from '@switchyard/wire';
import type { Exchange, MessageStream, PreparedMessage } from './exchange.ts';
import type { Principal } from './identity/principal.ts';
import { anonymous } from './identity/principal.ts';
import { Rounds } from './input/rounds.ts';
import type { Operation } from './operations/operation.ts';
import type { Runtime } from './runtime.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

/** A rejection with the response headers that HTTP wants beside it. */
export interface Refusal extends Rejection {
  readonly headers?: Readonly<Record<string, string>>;
}

type Params = Readonly<Record<string, unknown>>;

/**
 * The core's notes on one exchange while it climbs the ladder.
 * Rungs fill in the fields in order; a field is only read by rungs above the one that sets it.
 */
export class Walk {
  readonly runtime: Runtime;
  readonly exchange: Exchange;
  /** The definitions this request is served from, whatever changes meanwhile. */
  readonly snapshot: Snapshot;
  /** Set by `identify`. */
  principal: Principal = anonymous;
  /** False where the caller does not accept `text/event-stream`. Set by `mediaType`. */
  acceptsStream = true;
  /** Set by `parse`. */
  request: JSONRPCRequest | undefined;
  /** The request's id; also known for many requests that cannot be read otherwise. Set by `parse`. */
  id: RequestId | undefined;
  /** Set by `envelope`. */
  envelope: Envelope | undefined;
  /** Set by `methodKnown`. */
  operation: Operation | undefined;
  /** What the request names, as the operation found it: a compiled tool, a resource … Set by `params`. */
  target: unknown;
  /** A tool's or prompt's name, a resource's URI. Set by `params`. */
  name: string | undefined;

  #rounds: Rounds | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #stream: MessageStream | undefined;
  #secondStart = 0;
  #inSecond = 0;
  #done = false;

  constructor(runtime: Runtime, exchange: Exchange, snapshot: Snapshot) {
    this.runtime = runtime;
    this.exchange = exchange;
    this.snapshot = snapshot;
    runtime.inFlight.enter();
  }

  get params(): Params {
    return this.request?.params ?? NO_PARAMS;
  }

  /** What the envelope rung read; throws where it has not run, which is a bug. */
  get caller(): Envelope {
    if (this.envelope === undefined) throw new Error('The envelope rung has not run.');
    return this.envelope;
  }

  /** True once the caller has gone, the time is up, or the server gives up on the operation. */
  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  get done(): boolean {
    return this.#done;
  }

  /** Aborted when the caller goes away or the time is up; made only when somebody asks for it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#aborted !== undefined || this.#done) return;
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }

  /** The rounds of this request; only requests that ask for input, or answer, have any. */
  get rounds(): Rounds | undefined {
    return this.#rounds;
  }

  startRounds(): Rounds {
    this.#rounds ??= Rounds.start(this.runtime.roundStates, this.runtime.roundRequest(this));
    return this.#rounds;
  }

  async resumeRounds(requestState: string): Promise<void> {
    this.#rounds = await Rounds.resume(
      this.runtime.roundStates,
      this.runtime.roundRequest(this),
      requestState,
    );
  }

  /** Sends a notification ahead of the result; false where it could not be sent. */
  notify(method: string, params: JSONObject): boolean {
    if (this.#done || this.aborted || !this.acceptsStream) return false;
    if (!this.#mayNotify()) return false;
    return this.openStream().send(notificationMessage(method, params));
  }

  openStream(): MessageStream {
    this.#stream ??= this.exchange.stream();
    return this.#stream;
  }

  /** Stops an operation that takes too long, and tells the caller so. */
  timeOut(why: string): void {
    if (this.#done) return;
    this.refuse(reject('InternalError', why));
    this.#aborted = { reason: new Error(why) };
    this.#controller?.abort(this.#aborted.reason);
  }

  /** Answers with a result's message. Nothing is sent to a caller who has gone, or twice. */
  finish(json: string | PreparedMessage): void {
    if (!this.#close()) return;
    if (this.#stream !== undefined) this.#stream.end(typeof json === 'string' ? json : joined(json));
    else this.exchange.reply({ status: 200, json });
  }

  /** Answers with an error. */
  refuse(refusal: Refusal): void {
    if (!this.#close()) return;
    const json = errorMessage(this.id, refusal);
    if (this.#stream !== undefined) this.#stream.end(json);
    else this.exchange.reply({ status: refusal.status, json, headers: refusal.headers });
  }

  /** Answers with a bare status, as for an accepted notification. */
  acknowledge(status: number): void {
    if (!this.#close()) return;
    this.exchange.reply({ status });
  }

  /** Leaves the answer to somebody else, such as a subscription that outlives the walk. */
  handOver(): void {
    this.#close();
  }

  /** Gives up without an answer, as for a cancelled request. */
  drop(): void {
    if (!this.#close()) return;
    this.#stream?.abort();
  }

  /** A handler that reports in a tight loop must not flood its caller. */
  #mayNotify(): boolean {
    const now = this.runtime.environment.now();
    if (now - this.#secondStart >= 1000) {
      this.#secondStart = now;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond <= this.runtime.limits.notificationsPerSecond;
  }

  /** True for the one call that may answer. */
  #close(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.runtime.inFlight.leave(this);
    return true;
  }
}

const NO_PARAMS: Params = Object.freeze({});

function joined({ head, bytes, tail }: PreparedMessage): string {
  return head + new TextDecoder().decode(bytes) + tail;
}
