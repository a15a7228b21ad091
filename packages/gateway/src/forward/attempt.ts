import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { AttemptTimeouts } from '../plan/live.ts';
import { NO_SEAT } from '../roster.ts';
import type { Verdict } from '../route/health.ts';
import type { Replica } from '../route/replica.ts';
import type { ResponseSink } from './errand.ts';
import { CALLER_OUT_OF_TIME, classify, type Failure, OUT_OF_TIME } from './failure.ts';
import { isChunked, type UpstreamHeaders } from './response-headers.ts';
import { isPassingFailure } from './retry.ts';
import type { Watchdog, Watched } from './watchdog.ts';

/** Who started an attempt and decides what follows from it. */
export interface AttemptOwner {
  readonly watchdog: Watchdog;
  readonly timeouts: AttemptTimeouts;
  /** When the whole exchange must be over, on the watchdog's clock. */
  readonly lastMoment: number;
  /** Whether all that has come of the request has been sent, and its caller still has to send the rest. */
  readonly awaitsCaller: boolean;
  /** The response has begun. What is given back takes its body; `undefined` ends the attempt. */
  responded(attempt: Attempt, status: number, headers: UpstreamHeaders): ResponseSink | undefined;
  /** What the attempt says of the server, told once it is known, and again where a response breaks off. */
  judged(verdict: Verdict): void;
  /** The attempt is over without a response. */
  failed(attempt: Attempt, failure: Failure): void;
  /** The response that was being passed on broke off. */
  brokeOff(attempt: Attempt, failure: Failure): void;
}

/** One sending of a request to one replica. Keeps the replica's accounts and tells its owner what happened. */
export class Attempt implements Dispatcher.DispatchHandler, Watched {
  readonly replica: Replica;
  /** Whether bytes of the request may have gone out. */
  started = false;
  deadline: number;
  seat: number = NO_SEAT;
  readonly #owner: AttemptOwner;
  readonly #trial: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  #sink: ResponseSink | undefined;
  #headers: UpstreamHeaders | undefined;
  #judged = false;
  /** Whether nothing more is taken from the server until the caller has read what there is. */
  #unread = false;
  #over = false;

  constructor(replica: Replica, owner: AttemptOwner) {
    this.replica = replica;
    this.#owner = owner;
    this.#trial = replica.health.begin();
    replica.inFlight += 1;
    replica.sent += 1;
    owner.watchdog.watch(this);
    this.deadline = this.#after(owner.timeouts.headersMs);
  }

  /** Ends the attempt: an open connection is closed, a waiting request is never sent. The owner is not told. */
  stop(): void {
    if (this.#over) return;
    const controller = this.#controller;
    this.#judge('unknown');
    this.#finish();
    controller?.abort(new Error('stopped'));
  }

  /** The watchdog's word that time is up. */
  expired(): void {
    const controller = this.#controller;
    const reason = this.#unread || this.#owner.awaitsCaller ? CALLER_OUT_OF_TIME : OUT_OF_TIME;
    this.onResponseError(controller, reason);
    controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('stopped'));
    else this.started = true;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#over) return;
    this.#headers = headers;
    this.#judge(isPassingFailure(status) ? 'bad' : 'good');
    this.deadline = this.#after(this.#owner.timeouts.idleMs);
    this.#sink = this.#owner.responded(this, status, headers);
    if (this.#sink === undefined) this.stop();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over || this.#sink === undefined) return;
    const { timeouts } = this.#owner;
    if (this.#sink.write(chunk)) {
      this.deadline = this.#after(timeouts.idleMs);
      return;
    }
    controller.pause();
    this.#unread = true;
    this.deadline = this.#after(timeouts.stallMs);
    this.#sink.whenRead(() => {
      this.#unread = false;
      this.deadline = this.#after(timeouts.idleMs);
      controller.resume();
    });
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#over) return;
    if (this.#headers === undefined) {
      // The status is that of no response, so that none has begun.
      this.onResponseError(controller, new Error('the server gave no response'));
      return;
    }
    if (this.#truncated()) {
      this.onResponseError(controller, new Error('the connection ended in the middle of the response'));
      return;
    }
    const sink = this.#sink;
    this.#finish();
    sink?.end();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#over) return;
    const responded = this.#headers !== undefined;
    const failure = classify(error, this.started);
    if (failure.fate === 'unsent') this.started = false;
    this.#finish();
    if (responded) {
      this.replica.health.settle(failure.verdict, false);
      this.#owner.judged(failure.verdict);
      this.#owner.brokeOff(this, failure);
    } else {
      this.#judge(failure.verdict);
      this.#owner.failed(this, failure);
    }
  }

  /** Whether the response ended only because its connection did; see `endings.ts`. */
  #truncated(): boolean {
    const { ending } = this.replica.endings;
    if (ending === undefined || this.#headers === undefined) return false;
    // undici holds a declared length against what came; with neither, the server's FIN is the end.
    if (this.#headers['content-length'] !== undefined) return false;
    return isChunked(this.#headers) || ending === 'lost';
  }

  #after(ms: number): number {
    return Math.min(this.#owner.watchdog.after(ms), this.#owner.lastMoment);
  }

  #judge(verdict: Verdict): void {
    if (this.#judged) return;
    this.#judged = true;
    this.replica.health.settle(verdict, this.#trial);
    this.#owner.judged(verdict);
  }

  #finish(): void {
    this.#over = true;
    this.#owner.watchdog.release(this);
    this.replica.inFlight -= 1;
    // V8 may come to allocate these objects as long-lived; what a finished one still refers to would then live long too.
    this.#controller = undefined;
    this.#sink = undefined;
    this.#headers = undefined;
  }
}
