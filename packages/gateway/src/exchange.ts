import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accepted } from './accept/accept.ts';
import type { ResponseSink } from './forward/errand.ts';
import type { UpstreamHeaders } from './forward/response-headers.ts';
import { type Caller, NOBODY } from './identify/caller.ts';
import type { Message } from './message/message.ts';
import type { Note } from './note.ts';
import type { LivePlan, LiveServer } from './plan/live.ts';
import type { Refusal } from './refusal.ts';
import { NO_SEAT, type Seated } from './roster.ts';
import type { Replica } from './route/replica.ts';

/** How an exchange ended, for the stages that keep accounts. */
export interface Ending {
  /** The HTTP status of the response; `undefined` where the caller left before there was one. */
  readonly status: number | undefined;
  /** Whether the response went out whole. */
  readonly complete: boolean;
  /** Why the gateway itself answered; `undefined` where a server did. */
  readonly refusedFor: string | undefined;
}

/** Watches one exchange for the record: its bytes as they come and go, and its end. */
export interface Tap {
  /** A chunk of the request's body has come. */
  asked(chunk: Uint8Array): void;
  /** A chunk of the response goes out. */
  answered(chunk: Uint8Array): void;
  /** The response is over; every `onEnd` listener has run. */
  ended(exchange: Exchange, ending: Ending): void;
}

/** Keeps figures of many exchanges. */
export interface Meter {
  began(exchange: Exchange): void;
  /** A request was not let in. */
  turnedAway(reason: string): void;
  /** The response is over. */
  ended(exchange: Exchange, ending: Ending): void;
}

/** Whoever works for an exchange. */
export interface Stoppable {
  stop(): void;
  /** Ends a stream in good order, where it can be; the caller then knows that nothing was lost. */
  conclude?(): void;
}

/** Who gets a copy of a request, to see what another version of its server would have answered. */
export interface Copying {
  /** What the server itself was sent. */
  sent(headers: readonly string[], body: Buffer): void;
  /** Watches the server's own answer on its way to the sink. */
  tap(sink: ResponseSink, status: number, headers: UpstreamHeaders): ResponseSink;
}

/** What an exchange is about. */
export interface ExchangeParts {
  readonly live: LivePlan;
  readonly request: Accepted;
}

/** One request on its way through the gateway, and its response on the way back. */
export class Exchange implements Seated {
  seat: number = NO_SEAT;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly live: LivePlan;
  readonly request: Accepted;
  /** Established by `identify`. */
  caller: Caller = NOBODY;
  /** Until when what the caller has shown counts, in milliseconds since the epoch. Established by `identify`. */
  validUntil: number = Number.POSITIVE_INFINITY;
  /** The body, where a stage has had to read it (see `messageOf`); it is forwarded as it is. */
  bytes: Buffer | undefined;
  /** The reading of the body, once a stage has asked for it. */
  reading: Promise<Message | Refusal> | undefined;
  /** Sees each chunk of the response as it is passed on. */
  observer: ((chunk: Uint8Array) => void) | undefined;
  /** Set by `record`. An object and not callbacks, as `worker` is. */
  tap: Tap | undefined;
  /** The version of the server that gets the request, where `route` has chosen another than its own. */
  version: LiveServer | undefined;
  /** Gets a copy of the request, where `route` has chosen so. */
  mirror: Copying | undefined;
  /** Set by `metrics`. */
  meter: Meter | undefined;
  /** When the exchange began, on the clock of `meter`. */
  startedAt = 0;
  /** Set by `tracing`: go on in the place of the caller's, as a flat list. */
  traceHeaders: readonly string[] | undefined;
  /** Chosen by `route`; `forward` chooses another where it sends the request again. */
  replica: Replica | undefined;
  /**
   * Stopped once when the response is over, whole or not. An object and not a callback: V8 comes to allocate the context
   * of a callback made for each request as long-lived, and all that it reaches with it.
   */
  worker: Stoppable | undefined;
  refusedFor: string | undefined;
  /** Whether the answer came out of the cache, and whether its server still called it fresh. */
  kept: 'fresh' | 'stale' | undefined;
  #notes: Note[] | undefined;
  #listeners: ((ending: Ending) => void)[] | undefined;
  #ended = false;

  constructor(req: IncomingMessage, res: ServerResponse, { live, request }: ExchangeParts) {
    this.req = req;
    this.res = res;
    this.live = live;
    this.request = request;
  }

  /** Whether the response is over, whole or not. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What stages have decided so far, in order. */
  get notes(): readonly Note[] {
    return this.#notes ?? [];
  }

  /** Puts a decision on record. */
  note(note: Note): void {
    this.#notes ??= [];
    this.#notes.push(note);
  }

  /** Whoever passes a chunk of a server's response on to the caller says so here. */
  passed(chunk: Uint8Array): void {
    this.observer?.(chunk);
    this.tap?.answered(chunk);
  }

  /** Registers what is to be done when the response is over: give back a slot, write a record. */
  onEnd(listener: (ending: Ending) => void): void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  /** The response is over. Runs the `onEnd` listeners once, last registered first. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const complete = this.res.writableFinished;
    this.worker?.stop();
    this.worker = undefined;
    if (this.#listeners === undefined && this.tap === undefined && this.meter === undefined) return;
    const status = this.res.headersSent ? this.res.statusCode : undefined;
    const ending: Ending = { status, complete, refusedFor: this.refusedFor };
    for (const listener of this.#listeners?.reverse() ?? []) listener(ending);
    this.tap?.ended(this, ending);
    this.meter?.ended(this, ending);
  }

  /** Drops what only the way to the server needed. A stream stays for hours, and there may be thousands of them. */
  forgetRequest(): void {
    this.bytes = undefined;
    this.reading = undefined;
    this.request.head.outbound = [];
    this.req.rawHeaders = [];
    this.req.headers = {};
  }

  /** Ends a stream: in good order where its worker can, otherwise cut off. */
  endStream(): void {
    if (this.worker?.conclude === undefined) this.cut();
    else this.worker.conclude();
  }

  /** Ends the stream of a caller that listens, which would go on for hours; other requests come to their own end. */
  endListen(): void {
    if (this.request.method === 'subscriptions/listen') this.endStream();
  }

  /** Cuts the caller off so that nobody can take what was sent for a whole response. */
  cut(): void {
    this.res.destroy();
  }
}
