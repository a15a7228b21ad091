import type { Readable } from 'node:stream';
import type { GatewayEvent } from '../events.ts';
import type { Stoppable } from '../exchange.ts';
import type { AttemptTimeouts } from '../plan/live.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Replica } from '../route/replica.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import type { BodyTaker } from './body.ts';
import type { Errand, ResponseSink } from './errand.ts';
import type { Failure } from './failure.ts';
import type { UpstreamHeaders } from './response-headers.ts';
import { type Fate, isPassingFailure, mayRepeatAfter, pauseMs } from './retry.ts';
import { targetOf } from './upstream-request.ts';
import type { Watchdog } from './watchdog.ts';

/** What forwarding needs from the gateway. */
export interface ForwardContext {
  readonly random: () => number;
  readonly watchdog: Watchdog;
  readonly log: (event: GatewayEvent) => void;
}

const LISTEN = 'subscriptions/listen';

/** The attempts of one errand. */
export class Forwarding implements BodyTaker, AttemptOwner, Stoppable {
  readonly watchdog: Watchdog;
  readonly timeouts: AttemptTimeouts;
  readonly lastMoment: number;
  readonly #errand: Errand;
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

  constructor(errand: Errand, context: ForwardContext) {
    this.#errand = errand;
    this.#context = context;
    this.watchdog = context.watchdog;
    const { server, method } = errand;
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
    if (this.#errand.taker.gone) return;
    this.stop();
    this.#answer(refuse('body-too-large'));
  }

  responded(attempt: Attempt, status: number, headers: UpstreamHeaders): ResponseSink | undefined {
    if (isPassingFailure(status) && this.#mayRepeat('lost')) {
      this.#repeat(attempt.replica, `status ${status}`);
      return undefined;
    }
    if (status < 300 || status > 399) return this.#begin(attempt, status, headers);
    this.#report(attempt.replica, `status ${status}; redirects are not followed`);
    this.#answer(
      refuse('upstream-invalid', { message: 'The server answered with a redirect, which is not followed' }),
    );
    return undefined;
  }

  failed(attempt: Attempt, failure: Failure): void {
    if (this.#errand.taker.gone) return;
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
    if (this.#errand.taker.gone) return;
    this.#report(attempt.replica, `broke off: ${failure.why}`);
    this.#errand.taker.brokeOff();
  }

  #start(): void {
    if (this.#errand.taker.gone) return;
    this.#headers = this.#errand.headers();
    this.#send(this.#errand.replica ?? this.#errand.server.replicas.choose());
  }

  #begin(attempt: Attempt, status: number, headers: UpstreamHeaders): ResponseSink | undefined {
    try {
      return this.#errand.taker.begin(status, headers);
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
        path: targetOf(replica, this.#errand.query),
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
    const { server, method } = this.#errand;
    if (this.#repeats >= server.plan.retries || !mayRepeatAfter(fate, method)) return false;
    return fate === 'unsent' || this.#bytes !== undefined;
  }

  #repeat(failed: Replica, why: string): void {
    const { server, method } = this.#errand;
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
    const { server, method } = this.#errand;
    this.#context.log({
      type: 'upstream-failed',
      server: server.plan.name,
      replica: replica.plan.label,
      method,
      why,
    });
  }

  #answer(refusal: Refusal): void {
    this.#errand.taker.refused(refusal, this.#bytes);
  }
}
