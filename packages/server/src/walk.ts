import type { Envelope, JSONObject, JSONRPCRequest, Rejection, RequestId } from '@switchyard/wire';
import { errorMessage, notificationMessage, reject } from '@switchyard/wire';
import type { DetachedRun } from './context/detached-run.ts';
import type { Exchange, MessageStream, PreparedMessage } from './exchange.ts';
import type { Principal } from './identity/principal.ts';
import { anonymous } from './identity/principal.ts';
import type { Rounds } from './input/rounds.ts';
import { NotificationRate } from './notification-rate.ts';
import { textOf } from './prepared-message.ts';
import type { Refusal } from './refusal.ts';
import type { Runtime } from './runtime.ts';
import type { Definitions } from './snapshot/definitions.ts';
import type { Outcome } from './snapshot/prepared.ts';

/** What one method does. One object per method and server, shared by all requests. */
export interface Operation {
  readonly method: string;
  /** The extension that a request must declare to use the method. */
  readonly extension?: string;
  /** An extension that the request must declare for what else it holds, and does not. */
  undeclared?(walk: Walk): string | undefined;
  /** The field of `params` that `Mcp-Name` mirrors; the core's methods have theirs in the method table. */
  readonly nameParam?: string;
  /** Checks the parameters, finds what they name, and sees whether the caller may use it. */
  prepare(walk: Walk): Rejection | undefined;
  /** Does it. May throw a `ProtocolError`; whatever else it throws is hidden from the caller. */
  run(walk: Walk): Outcome | Promise<Outcome>;
}

/**
 * The definitions with the operations made from them. A change of definitions makes a new snapshot,
 * and requests under way finish on the one they started with.
 */
export interface Snapshot extends Definitions {
  readonly operations: ReadonlyMap<string, Operation>;
  /** Runs an operation through the middleware; absent where there is none. */
  readonly around: ((walk: Walk, operation: Operation) => Outcome | Promise<Outcome>) | undefined;
  /** Tells extensions of it; called once, when it is about to be served. */
  place(): void;
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
  /** The message as it came, where a front has it; handlers may have changed what was parsed of it. Set by `parse`. */
  source: string | Uint8Array | undefined;
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

  /** The rounds of this request; only requests that ask for input, or answer, have any. Set by `openRounds`. */
  rounds: Rounds | undefined;
  /** The same while the state that the request came with is being opened. */
  resuming: Promise<Rounds> | undefined;
  /** Where steps, questions and progress go of a handler that runs outside of any request. Set by `callDetached`. */
  detached: DetachedRun | undefined;
  /** The last progress that was reported, by whomever: it may only grow. */
  progress: number = Number.NEGATIVE_INFINITY;

  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #stream: MessageStream | undefined;
  #rate: NotificationRate | undefined;
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

  /** Sends a notification ahead of the result; false where it could not be sent. */
  notify(method: string, params: JSONObject): boolean {
    if (this.#done || this.aborted || !this.acceptsStream) return false;
    this.#rate ??= new NotificationRate(this.runtime.limits.notificationsPerSecond);
    if (!this.#rate.allows(this.runtime.environment.now())) return false;
    const stream = this.openStream();
    // What waits for a slow reader is held in memory: notifications are no reason to hold more of it.
    if (!stream.keepsUp) return false;
    stream.send(notificationMessage(method, params));
    return true;
  }

  openStream(): MessageStream {
    this.#stream ??= this.exchange.stream();
    return this.#stream;
  }

  /** Stops an operation that takes too long, and tells the caller so. */
  timeOut(why: string): void {
    if (this.#done) return;
    const refusal = reject('InternalError', why);
    // Before the request is read, the time went into finding out who sends it: another instance may be quicker.
    const early = { ...refusal, status: 503, headers: { 'retry-after': '1' } };
    this.refuse(this.request === undefined ? early : refusal);
    this.#aborted = { reason: new Error(why) };
    this.#controller?.abort(this.#aborted.reason);
  }

  /** Answers with a result's message. Nothing is sent to a caller who has gone, or twice. */
  finish(json: string | PreparedMessage): void {
    if (!this.#close()) return;
    if (this.#stream !== undefined) this.#stream.end(typeof json === 'string' ? json : textOf(json));
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
    if (this.#stream === undefined) this.exchange.abandon();
    else this.#stream.abort();
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
