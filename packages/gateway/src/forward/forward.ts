import type { Exchange } from '../exchange.ts';
import { messageOf } from '../message/read-body.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { Replica } from '../route/replica.ts';
import { takeBody } from './body.ts';
import type { Client } from './credentials/credentials.ts';
import type { Errand, ResponseSink, ResponseTaker } from './errand.ts';
import { type ForwardContext, Forwarding } from './forwarding.ts';
import { Relay } from './relay.ts';
import { declaredLength, responseHeaders, type UpstreamHeaders } from './response-headers.ts';
import { isRepeatable } from './retry.ts';
import { requestHeaders } from './upstream-request.ts';

/** What forwarding for callers needs beside what every errand does. */
export interface CallerContext extends ForwardContext {
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  /** Headers that the response of this exchange carries beside the server's, as a flat list. */
  readonly extraHeaders: (exchange: Exchange) => readonly string[];
  /** Answers in the gateway's own name; `body` is the request's, where it is in hand, for its id. */
  readonly answer: (exchange: Exchange, refusal: Refusal, body: Uint8Array | undefined) => void;
  /** Something failed that must not; nothing of the error may reach the caller. */
  readonly failed: (exchange: Exchange, error: unknown) => void;
}

const HELD_FOR_REPEAT = 64 * 1024;

/** Sends the request to the server that it is for, unread, and what comes back to the caller. */
export function forward(exchange: Exchange, server: LiveServer, context: CallerContext): void {
  const { head, method } = exchange.request;
  const forwarding = new Forwarding(new CallerErrand(exchange, server, context), context);
  exchange.worker = forwarding;
  const { bytes } = exchange;
  if (bytes !== undefined) {
    forwarding.bodyWhole(bytes);
    return;
  }
  if (server.plan.stdio !== undefined) {
    forwardRead(exchange, forwarding, context);
    return;
  }
  const limitBytes = exchange.live.plan.limits.bodyBytes;
  const holdBytes = isRepeatable(method) ? HELD_FOR_REPEAT : 0;
  takeBody(
    exchange.req,
    { length: head.contentLength, limitBytes, holdBytes, tap: exchange.tap },
    forwarding,
  );
}

// ---

/**
 * A process gets no headers, so that they are held against the body here. Spec:
 * basic/transports/streamable-http#server-validation.
 */
function forwardRead(exchange: Exchange, forwarding: Forwarding, context: CallerContext): void {
  messageOf(exchange)
    .then((message) => {
      if (exchange.ended) return;
      if (isRefusal(message)) context.answer(exchange, message, exchange.bytes);
      else forwarding.bodyWhole(exchange.bytes ?? Buffer.alloc(0));
    })
    .catch((error: unknown) => context.failed(exchange, error));
}

/** The request of a caller on its way to a server, and the response on its way back. */
class CallerErrand implements Errand, ResponseTaker {
  readonly server: LiveServer;
  readonly #exchange: Exchange;
  readonly #context: CallerContext;

  constructor(exchange: Exchange, server: LiveServer, context: CallerContext) {
    this.server = server;
    this.#exchange = exchange;
    this.#context = context;
  }

  get method(): string {
    return this.#exchange.request.method;
  }

  get query(): string {
    return this.#exchange.request.query;
  }

  get client(): Client {
    return this.#exchange;
  }

  get replica(): Replica | undefined {
    return this.#exchange.replica;
  }

  get taker(): ResponseTaker {
    return this;
  }

  get gone(): boolean {
    return this.#exchange.ended;
  }

  headers(): string[] {
    const { mirror, bytes, request } = this.#exchange;
    // What may be passed on depends on the server, whichever version of it is called.
    const headers = requestHeaders(this.#exchange, request.server ?? this.server, this.#context.pseudonym);
    if (bytes !== undefined) mirror?.sent(headers, bytes);
    return headers;
  }

  begin(status: number, headers: UpstreamHeaders, replica: Replica): ResponseSink {
    const relay = new Relay(this.#exchange.res, {
      status,
      headers: responseHeaders(headers, this.#context.extraHeaders(this.#exchange)),
      length: declaredLength(headers),
    });
    this.#exchange.replica = replica;
    if (this.method === 'subscriptions/listen') {
      // See `Listener.acknowledge`: there may be thousands of streams, and each keeps its headers.
      this.#exchange.res.flushHeaders();
      this.#exchange.forgetRequest();
    }
    const { observer, tap, mirror } = this.#exchange;
    const sink = observer === undefined && tap === undefined ? relay : new Observed(relay, this.#exchange);
    return mirror === undefined ? sink : mirror.tap(sink, status, headers);
  }

  refused(refusal: Refusal, body: Uint8Array | undefined): void {
    if (this.#exchange.res.headersSent) this.#exchange.cut();
    else this.#context.answer(this.#exchange, refusal, body);
  }

  brokeOff(): void {
    this.#exchange.cut();
  }
}

/** Shows each chunk to whoever watches the exchange before it is passed on. */
class Observed implements ResponseSink {
  readonly #sink: ResponseSink;
  readonly #exchange: Exchange;

  constructor(sink: ResponseSink, exchange: Exchange) {
    this.#sink = sink;
    this.#exchange = exchange;
  }

  write(chunk: Buffer): boolean {
    this.#exchange.passed(chunk);
    return this.#sink.write(chunk);
  }

  whenRead(callback: () => void): void {
    this.#sink.whenRead(callback);
  }

  end(): void {
    this.#sink.end();
  }
}
