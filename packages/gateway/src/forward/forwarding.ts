import type { Readable } from 'node:stream';
import type { GatewayEvent } from '../events.ts';
import type { Stoppable } from '../exchange.ts';
import type { AttemptTimeouts } from '../plan/live.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Verdict } from '../route/health.ts';
import type { Replica } from '../route/replica.ts';
import { Attempt, type AttemptOwner } from './attempt.ts';
import type { BodyTaker } from './body.ts';
import type { Shown } from './credentials/credentials.ts';
import type { Errand, ResponseSink } from './errand.ts';
import type { Failure } from './failure.ts';
import { Race } from './race.ts';
import type { UpstreamHeaders } from './response-headers.ts';
import { type Fate, isPassingFailure, isRead, isRepeatable, mayRepeatAfter, pauseMs } from './retry.ts';
import { targetOf } from './upstream-request.ts';
import type { Watchdog } from './watchdog.ts';

/** What forwarding needs from the gateway. */
export interface ForwardContext {
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
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
  readonly #race = new Race();
  #repeats = 0;
  #mayHaveRun = false;
  /** Whether this is the one request by which an open circuit tries the server. */
  #trial = false;
  #tried: Set<Replica> | undefined;
  /** Until the next attempt: a pause before a repeat, or the time that the first replica has alone. */
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  /** What the server was shown. */
  #shown: Shown | undefined;
  #renewed = false;

  constructor(errand: Errand, context: ForwardContext) {
    this.#errand = errand;
    this.#context = context;
    this.watchdog = context.watchdog;
    const { server, method } = errand;
    this.#listens = method === LISTEN;
    this.timeouts = this.#listens ? server.streamTimeouts : server.timeouts;
    this.lastMoment = context.watchdog.after(this.timeouts.totalMs);
  }

  get awaitsCaller(): boolean {
    return this.#stream !== undefined && !this.#stream.readableEnded && this.#stream.readableLength === 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#race.stop();
    this.#stream?.destroy();
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

  judged(verdict: Verdict): void {
    this.#errand.server.guard.circuit?.settle(verdict, this.#trial);
    this.#trial = false;
  }

  responded(attempt: Attempt, status: number, headers: UpstreamHeaders): ResponseSink | undefined {
    if (isPassingFailure(status)) {
      if (this.#race.goesOnWithout(attempt)) return undefined;
      if (this.#mayRepeat('lost')) {
        this.#repeat(attempt.replica, `status ${status}`);
        return undefined;
      }
    }
    clearTimeout(this.#timer);
    this.#race.won(attempt);
    const { guard } = this.#errand.server;
    if (this.#startedAt > 0) guard.answeredAfter(this.#context.now() - this.#startedAt);
    if (this.#shown !== undefined && status === 401) {
      this.#unauthorized(attempt, headers);
      return undefined;
    }
    if (status < 300 || status > 399) return this.#begin(attempt, status, headers);
    this.#tell('upstream-failed', attempt.replica, `status ${status}; redirects are not followed`);
    this.#answer(
      refuse('upstream-invalid', { message: 'The server answered with a redirect, which is not followed' }),
    );
    return undefined;
  }

  failed(attempt: Attempt, failure: Failure): void {
    if (this.#errand.taker.gone) return;
    this.#mayHaveRun ||= attempt.started;
    if (this.#race.goesOnWithout(attempt)) return;
    clearTimeout(this.#timer);
    if (this.#mayRepeat(failure.fate)) {
      this.#repeat(attempt.replica, failure.why);
      return;
    }
    this.#tell('upstream-failed', attempt.replica, failure.why);
    const neverRan = failure.reason !== 'no-replica' || !this.#mayHaveRun;
    this.#answer(refuse(neverRan ? failure.reason : 'upstream-lost'));
  }

  brokeOff(attempt: Attempt, failure: Failure): void {
    if (this.#errand.taker.gone) return;
    this.#tell('upstream-failed', attempt.replica, `broke off: ${failure.why}`);
    this.#errand.taker.brokeOff();
  }

  #start(): void {
    if (this.#errand.taker.gone) return;
    const { server } = this.#errand;
    const passage = server.guard.circuit?.pass();
    if (passage === 'barred') {
      this.#refuseAtOnce();
      return;
    }
    this.#trial = passage === 'trial';
    server.guard.budget.request();
    this.#headers = this.#errand.headers();
    this.#withCredentials(() => {
      this.#send(this.#errand.replica ?? server.replicas.choose());
      this.#planHedge();
    });
  }

  /** Goes on once there is something to show the server, at once where it is at hand. */
  #withCredentials(proceed: () => void): void {
    const { server, client } = this.#errand;
    const found = server.credentials?.show(client);
    if (found === undefined) proceed();
    else if (found instanceof Promise) void found.then((shown) => this.#show(shown, proceed));
    else this.#show(found, proceed);
  }

  #show(shown: Shown | Refusal, proceed: () => void): void {
    const { gone } = this.#errand.taker;
    if (gone || isRefusal(shown)) {
      this.judged('unknown');
      this.#stream?.destroy();
      if (!gone && isRefusal(shown)) this.#answer(shown);
      return;
    }
    this.#shown = shown;
    // What the caller says under that name is not what is shown.
    this.#headers = withHeader(this.#headers, shown);
    proceed();
  }

  /**
   * The server does not accept what it was shown. A challenge says that it has not looked at the request; then, or where it
   * may run twice, it is sent once more with something new.
   */
  #unauthorized({ replica }: Attempt, headers: UpstreamHeaders): void {
    const { server, method, client } = this.#errand;
    const refused = this.#shown;
    const unrun = headers['www-authenticate'] !== undefined || isRepeatable(method);
    if (refused !== undefined) server.credentials?.refused(client, refused);
    if (this.#renewed || server.credentials?.renewable !== true || !unrun || this.#bytes === undefined) {
      this.#tell('upstream-failed', replica, 'status 401');
      this.#answer(refuse('upstream-unauthorized'));
      return;
    }
    this.#renewed = true;
    this.#tell('retrying', replica, 'status 401');
    this.#withCredentials(() => this.#send(replica));
  }

  #refuseAtOnce(): void {
    const waitMs = this.#errand.server.guard.circuit?.waitMs ?? 0;
    this.#stream?.destroy();
    this.#answer(refuse('circuit-open', { retryAfter: Math.max(1, Math.ceil(waitMs / 1000)) }));
  }

  #begin(attempt: Attempt, status: number, headers: UpstreamHeaders): ResponseSink | undefined {
    try {
      const sink = this.#errand.taker.begin(
        status,
        this.#shown === undefined ? headers : unchallenging(headers),
        attempt.replica,
      );
      // Nothing is sent again once the response has begun; a stream may hold on to this for hours.
      this.#bytes = undefined;
      this.#headers = [];
      return sink;
    } catch {
      this.#tell('upstream-failed', attempt.replica, 'response headers that cannot be passed on');
      this.#answer(refuse('upstream-invalid'));
      return undefined;
    }
  }

  #send(replica: Replica): void {
    const attempt = new Attempt(replica, this);
    this.#race.enter(attempt);
    this.#dispatch(attempt);
  }

  #dispatch(attempt: Attempt): void {
    const { replica } = attempt;
    const request = {
      path: targetOf(replica, this.#errand.query),
      method: 'POST',
      headers: this.#headers,
      body: this.#bytes ?? this.#stream ?? null,
      // The watchdog keeps the time.
      headersTimeout: 0,
      bodyTimeout: 0,
    } as const;
    try {
      const channel = this.#listens ? replica.streams : replica.calls;
      channel.dispatch(request, attempt);
    } catch (error) {
      // Called from timers and promises, where nobody else would catch it.
      attempt.onResponseError(undefined, error instanceof Error ? error : new Error('not sent'));
    }
  }

  #mayRepeat(fate: Fate): boolean {
    const { server, method } = this.#errand;
    if (this.#repeats >= server.plan.retries || !mayRepeatAfter(fate, method)) return false;
    if (server.guard.circuit?.open === true) return false;
    // A server may refuse a request of which it has had a part; of a stream that part cannot be sent again.
    if (fate === 'unsent') return this.#bytes !== undefined || this.#stream?.readableDidRead === false;
    return this.#bytes !== undefined && server.guard.budget.take();
  }

  #repeat(failed: Replica, why: string): void {
    const { replicas } = this.#errand.server;
    this.#tell('retrying', failed, why);
    this.#tried ??= new Set();
    this.#tried.add(failed);
    const next = replicas.choose(this.#tried);
    const wait = this.#tried.has(next) ? pauseMs(this.#repeats, this.#context.random) : 0;
    this.#repeats += 1;
    clearTimeout(this.#timer);
    if (wait === 0) this.#send(next);
    else this.#timer = setTimeout(() => this.#send(next), wait);
  }

  #planHedge(): void {
    const { server, method } = this.#errand;
    const afterMs = server.guard.hedgeAfterMs;
    if (afterMs === undefined || !isRead(method)) return;
    this.#startedAt = this.#context.now();
    if (this.#bytes === undefined || this.#trial || server.replicas.replicas.length < 2) return;
    this.#timer = setTimeout(() => this.#sendHedge(), afterMs);
  }

  /** Sends the request to a second replica while the first has not answered. */
  #sendHedge(): void {
    const { first } = this.#race;
    const { server, method } = this.#errand;
    if (first === undefined || this.#errand.taker.gone) return;
    const second = server.replicas.choose(new Set([first.replica]));
    if (second === first.replica || second.health.state !== 'in' || !server.guard.budget.take()) return;
    this.#context.log({ type: 'hedged', server: server.plan.name, replica: second.plan.label, method });
    const attempt = new Attempt(second, this);
    this.#race.join(attempt);
    this.#dispatch(attempt);
  }

  #tell(type: 'retrying' | 'upstream-failed', replica: Replica, why: string): void {
    const { server, method } = this.#errand;
    this.#context.log({ type, server: server.plan.name, replica: replica.plan.label, method, why });
  }

  #answer(refusal: Refusal): void {
    this.#errand.taker.refused(refusal, this.#bytes);
  }
}

// ---

function withHeader(flat: readonly string[], { header, value }: Shown): string[] {
  const headers = [header, value];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    if (name !== header) headers.push(name, flat[i + 1] ?? '');
  }
  return headers;
}

/** Challenges are for the gateway: a caller must not be sent to the authorization server of a server behind it. */
function unchallenging(headers: UpstreamHeaders): UpstreamHeaders {
  if (headers['www-authenticate'] === undefined) return headers;
  const { 'www-authenticate': _, ...rest } = headers;
  return rest;
}
