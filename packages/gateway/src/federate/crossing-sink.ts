import { encodeEvent, type ParseOutcome, parseMessage } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import type { ResponseSink } from '../forward/errand.ts';
import { Relay } from '../forward/relay.ts';
import { declaredLength, responseHeaders, type UpstreamHeaders } from '../forward/response-headers.ts';
import { refuse } from '../refusal.ts';
import { Events, type MessageTaker, Whole } from './response-sinks.ts';
import { type Crossing, rewriteResponse } from './rewrite.ts';
import type { FederateContext } from './runtime.ts';

/** A response on its way from a server to a caller of the federation. */
export interface CrossingSinkParts {
  readonly exchange: Exchange;
  readonly context: FederateContext;
  readonly crossing: Crossing;
  readonly status: number;
  readonly headers: UpstreamHeaders;
}

/**
 * Passes a response on under the federation's names: JSON once it is whole, an event stream event by event, anything else
 * unread, since it is no message of the protocol.
 */
export class CrossingSink implements MessageTaker {
  readonly #parts: CrossingSinkParts;
  #over = false;
  /** Holds back until what has been written so far is out; `undefined` while nothing waits. */
  #tail: Promise<void> | undefined;

  constructor(parts: CrossingSinkParts) {
    this.#parts = parts;
  }

  /** Throws where the response cannot be passed on. */
  open(): ResponseSink {
    const { headers } = this.#parts;
    const type = mediaType(headers);
    const encoding = headers['content-encoding'];
    const plain = encoding === undefined || encoding === 'identity';
    if (!plain && type !== undefined) throw new TypeError('a compressed response cannot be rewritten');
    if (type === 'application/json')
      return new Whole(this, this.#parts.exchange.live.plan.limits.resultBytes);
    return type === 'text/event-stream' ? this.#events() : this.#unread();
  }

  brokeOff(): void {
    this.#over = true;
    const { exchange, context } = this.#parts;
    if (exchange.res.headersSent) exchange.cut();
    else context.answer(exchange, refuse('upstream-lost'), exchange.bytes);
  }

  /** Answers with 502: what was sent is not a message, or too much. */
  invalid(message: string): void {
    if (this.#over) return;
    this.#over = true;
    const { exchange, context } = this.#parts;
    exchange.worker?.stop();
    if (exchange.res.headersSent) exchange.cut();
    else context.answer(exchange, refuse('upstream-invalid', { message }), exchange.bytes);
  }

  /** Writes the response that is the whole body. */
  whole(body: Buffer): void {
    const outcome = parseMessage(body, { maxBytes: body.byteLength });
    if (outcome.kind !== 'response') this.invalid(NOT_A_RESPONSE);
    else
      this.#then(rewriteResponse(String(body), this.#parts.crossing), (json) => {
        const { exchange, status } = this.#parts;
        const bytes = Buffer.from(json);
        exchange.passed(bytes);
        exchange.res.writeHead(status, [...this.#headers(), 'content-length', String(bytes.byteLength)]);
        exchange.res.end(bytes);
        return true;
      });
  }

  /** Passes one event on. */
  event(data: string, outcome: ParseOutcome): boolean {
    const rewritten = outcome.kind === 'response' ? rewriteResponse(data, this.#parts.crossing) : data;
    return this.#then(rewritten, (json) => this.write(encodeEvent({ data: json })));
  }

  /** Writes text once all before it is out; says whether more may follow at once. */
  write(text: string): boolean {
    const { exchange } = this.#parts;
    if (this.#over || exchange.ended) return true;
    const bytes = Buffer.from(text);
    exchange.passed(bytes);
    return exchange.res.write(bytes);
  }

  /** Ends an event stream once all is out. */
  close(): void {
    this.#then('', () => {
      if (!this.#over && !this.#parts.exchange.res.writableEnded) this.#parts.exchange.res.end();
      return true;
    });
  }

  whenRead(callback: () => void): void {
    const { res } = this.#parts.exchange;
    const wait = () => (res.writableNeedDrain ? res.once('drain', callback) : callback());
    if (this.#tail === undefined) wait();
    else void this.#tail.then(wait);
  }

  /** Calls `next` with the text, in order with everything else; at once where nothing waits. */
  #then(text: string | Promise<string>, next: (text: string) => boolean): boolean {
    if (typeof text === 'string' && this.#tail === undefined) return next(text);
    const { exchange, context } = this.#parts;
    const before = this.#tail;
    const tail: Promise<void> = (async () => {
      await before;
      const ready = await text;
      if (!this.#over && !exchange.ended) next(ready);
    })()
      .catch((error: unknown) => {
        this.#over = true;
        exchange.worker?.stop();
        context.failed(exchange, error);
        // An answer that has begun cannot become another one; nobody may take what there is of it for whole.
        if (exchange.res.headersSent && !exchange.res.writableEnded) exchange.cut();
      })
      .finally(() => {
        if (this.#tail === tail) this.#tail = undefined;
      });
    this.#tail = tail;
    return false;
  }

  #events(): ResponseSink {
    const { exchange, status } = this.#parts;
    exchange.res.writeHead(status, this.#headers());
    exchange.res.flushHeaders();
    return new Events(this, exchange.live.plan.limits.resultBytes);
  }

  #unread(): ResponseSink {
    const { exchange, context, status, headers } = this.#parts;
    return new Relay(exchange.res, {
      status,
      headers: responseHeaders(headers, context.extraHeaders(exchange)),
      length: declaredLength(headers),
    });
  }

  #headers(): string[] {
    const { exchange, context, headers } = this.#parts;
    const { 'content-length': _, ...rest } = headers;
    return responseHeaders(rest, context.extraHeaders(exchange));
  }
}

// ---

const NOT_A_RESPONSE = 'The server answered with something that is not a JSON-RPC response to the request';

function mediaType(headers: UpstreamHeaders): 'application/json' | 'text/event-stream' | undefined {
  const type = headers['content-type'];
  if (typeof type !== 'string') return undefined;
  if (/^application\/json[ \t]*(;|$)/i.test(type)) return 'application/json';
  return /^text\/event-stream[ \t]*(;|$)/i.test(type) ? 'text/event-stream' : undefined;
}
