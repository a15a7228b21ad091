import type { Readable } from 'node:stream';
import type { GatewayEvent } from '../events.ts';
import type { Exchange, Stoppable } from '../exchange.ts';
import type { AttemptTimeouts } from '../plan/live.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Replica } from '../route/replica.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import type { BodyTaker } from './body.ts';
import type { Failure } from './failure.ts';
import { Relay } from './relay.ts';
import { declaredLength, responseHeaders, type UpstreamHeaders } from './response-headers.ts';
import { type Fate, isPassingFailure, mayRepeatAfter, pauseMs } from './retry.ts';
import { requestHeaders, targetOf } from './upstream-request.ts';
import type { Watchdog } from './watchdog.ts';

/** What forwarding needs from the gateway. */
export interface ForwardContext {
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  readonly random: () => number;
  readonly watchdog: Watchdog;
  readonly log: (event: GatewayEvent) => void;
  /** Headers that the response of this exchange carries beside the server's, as a flat list. */
  readonly extraHeaders: (exchange: Exchange) => readonly string[];
  /** Answers in the gateway's own name; `body` is the request's, where it is in hand, for its id. */
  readonly answer: (exchange: Exchange, refusal: Refusal, body: Uint8Array | undefined) => void;
}

const LISTEN = 'subscriptions/listen';

/** The attempts of one exchange. */
export class Forwarding implements BodyTaker, AttemptOwner, Stoppable {
  readonly watchdog: Watchdog;
  readonly timeouts: AttemptTimeouts;
  readonly lastMoment: number;
  readonly #exchange: Exchange;
  readonly #context: ForwardContext;
  readonly #listens: boolean;
  #bytes: Buffer | undefined;
  #stream: Readable | undefined;
  #headers: string[] = [];
  #attempt: Attempt | undefined;
  #repeats = 0;
  #mayHaveRun = false;
  #tried: Set<Replica> | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(exchange: Exchange, context: ForwardContext) {
    this.#exchange = exchange;
    this.#context = context;
    this.watchdog = context.watchdog;
    const { server, method } = exchange.request;
    this.#listens = method === LISTEN;
    this.timeouts = this.#listens ? server.streamTimeouts : server.timeouts;
    this.lastMoment = context.watchdog.after(this.timeouts.totalMs);
  }

  stop(): void {
    clearTimeout(this.#pause);
    this.#attempt?.stop();
    this.#stream?.destroy();
    this.#attempt = undefined;
  }

  bodyWhole(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#start();
  }

  bodyStreams(stream: Readable): void {
    this.#stream = stream;
    this.#start();
  }

  bodyTooLarge(): void {
    if (this.#exchange.ended) return;
    this.stop();
    this.#answer(refuse('body-too-large'));
  }

  responded(attempt: Attempt, status: number, headers: UpstreamHeaders): Relay | undefined {
    if (isPassingFailure(status) && this.#mayRepeat('lost')) {
      this.#repeat(attempt.replica, `status ${status}`);
      return undefined;
    }
    if (status < 300 || status > 399) return this.#relay(attempt, status, headers);
    this.#report(attempt.replica, `status ${status}; redirects are not followed`);
    this.#answer(
      refuse('upstream-invalid', { message: 'The server answered with a redirect, which is not followed' }),
    );
    return undefined;
  }

  failed(attempt: Attempt, failure: Failure): void {
    if (this.#exchange.ended) return;
    this.#mayHaveRun ||= attempt.started;
    if (this.#mayRepeat(failure.fate)) {
      this.#repeat(attempt.replica, failure.why);
      return;
    }
    this.#report(attempt.replica, failure.why);
    const neverRan = failure.reason !== 'no-replica' || !this.#mayHaveRun;
    this.#answer(refuse(neverRan ? failure.reason : 'upstream-lost'));
  }

  brokeOff(attempt: Attempt, failure: Failure): void {
    if (this.#exchange.ended) return;
    this.#report(attempt.replica, `broke off: ${failure.why}`);
    this.#exchange.cut();
  }

  #start(): void {
    if (this.#exchange.ended) return;
    this.#headers = requestHeaders(this.#exchange, this.#context.pseudonym);
    this.#send(this.#exchange.replica ?? this.#exchange.request.server.replicas.choose());
  }

  #relay(attempt: Attempt, status: number, headers: UpstreamHeaders): Relay | undefined {
    const exchange = this.#exchange;
    try {
      return new Relay(exchange.res, {
        status,
        headers: responseHeaders(headers, this.#context.extraHeaders(exchange)),
        length: declaredLength(headers),
      });
    } catch {
      this.#report(attempt.replica, 'response headers that cannot be passed on');
      this.#answer(refuse('upstream-invalid'));
      return undefined;
    }
  }

  #send(replica: Replica): void {
    const attempt = new Attempt(replica, this);
    this.#attempt = attempt;
    const pool = this.#listens ? replica.streams : replica.calls;
    pool.dispatch(
      {
        path: targetOf(replica, this.#exchange.request.query),
        method: 'POST',
        headers: this.#headers,
        body: this.#bytes ?? this.#stream ?? null,
        // The watchdog keeps the time.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      attempt,
    );
  }

  #mayRepeat(fate: Fate): boolean {
    const { server, method } = this.#exchange.request;
    if (this.#repeats >= server.plan.retries || !mayRepeatAfter(fate, method)) return false;
    return fate === 'unsent' || this.#bytes !== undefined;
  }

  #repeat(failed: Replica, why: string): void {
    const { server, method } = this.#exchange.request;
    this.#context.log({
      type: 'retrying',
      server: server.plan.name,
      replica: failed.plan.label,
      method,
      why,
    });
    this.#tried ??= new Set();
    this.#tried.add(failed);
    const next = server.replicas.choose(this.#tried);
    const wait = this.#tried.has(next) ? pauseMs(this.#repeats, this.#context.random) : 0;
    this.#repeats += 1;
    if (wait === 0) this.#send(next);
    else this.#pause = setTimeout(() => this.#send(next), wait);
  }

  #report(replica: Replica, why: string): void {
    const { server, method } = this.#exchange.request;
    this.#context.log({
      type: 'upstream-failed',
      server: server.plan.name,
      replica: replica.plan.label,
      method,
      why,
    });
  }

  #answer(refusal: Refusal): void {
    if (this.#exchange.res.headersSent) this.#exchange.cut();
    else this.#context.answer(this.#exchange, refusal, this.#bytes);
  }
}
