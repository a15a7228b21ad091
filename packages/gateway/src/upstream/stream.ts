import { type JSONRPCNotification, parseMessage, SseDecoder } from '@switchyard/wire';
import type { Client } from '../forward/credentials/credentials.ts';
import type { Errand, ResponseSink, ResponseTaker } from '../forward/errand.ts';
import { type ForwardContext, Forwarding } from '../forward/forwarding.ts';
import type { UpstreamHeaders } from '../forward/response-headers.ts';
import type { LiveServer } from '../plan/live.ts';

/** How a stream came to its end: the server will not have it, has ended it in good order, or cannot be reached. */
export type StreamEnd = 'declined' | 'ended' | 'lost';

/** Who follows a stream. */
export interface StreamFollower {
  /** A notification has come; `text` is its JSON as it came. */
  notified(notification: JSONRPCNotification, text: string): void;
  /** Nothing more comes; called once, unless the follower itself has stopped. */
  over(end: StreamEnd): void;
}

/** What is asked for, and of whom. */
export interface StreamRequest {
  readonly server: LiveServer;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** On whose behalf. @default the gateway's own */
  readonly client?: Client;
}

const LARGEST_EVENT_BYTES = 1024 * 1024;

/** One `subscriptions/listen` of the gateway at a server. */
export class UpstreamStream implements Errand, ResponseTaker, ResponseSink {
  readonly server: LiveServer;
  readonly method = 'subscriptions/listen';
  readonly query = '';
  readonly replica = undefined;
  readonly client: Client | undefined;
  readonly #request: StreamRequest;
  readonly #follower: StreamFollower;
  #forwarding: Forwarding | undefined;
  #decoder: SseDecoder | undefined;
  #over = false;

  constructor(request: StreamRequest, follower: StreamFollower) {
    this.server = request.server;
    this.client = request.client;
    this.#request = request;
    this.#follower = follower;
  }

  open(context: ForwardContext): void {
    this.#forwarding = new Forwarding(this, context);
    this.#forwarding.bodyWhole(this.#request.body);
  }

  /** Ends the stream; the follower hears no more. */
  stop(): void {
    this.#over = true;
    this.#forwarding?.stop();
  }

  get taker(): ResponseTaker {
    return this;
  }

  get gone(): boolean {
    return this.#over;
  }

  headers(): string[] {
    return this.#request.headers.slice();
  }

  begin(status: number, headers: UpstreamHeaders): ResponseSink {
    const type = headers['content-type'];
    const streams = typeof type === 'string' && /^text\/event-stream[ \t]*(;|$)/i.test(type);
    if (status === 200 && streams) this.#decoder = new SseDecoder({ maxEventBytes: LARGEST_EVENT_BYTES });
    // An answer that is no stream is a refusal, unless it is a server's trouble that may pass.
    else this.#end(status < 500 && status !== 429 ? 'declined' : 'lost');
    return this;
  }

  refused(): void {
    this.#end('lost');
  }

  brokeOff(): void {
    this.#end('lost');
  }

  write(chunk: Buffer): boolean {
    if (this.#over || this.#decoder === undefined) return true;
    try {
      for (const { data } of this.#decoder.push(chunk)) this.#message(data);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#end('lost');
    }
    return true;
  }

  whenRead(callback: () => void): void {
    callback();
  }

  end(): void {
    this.#end('lost');
  }

  #message(text: string): void {
    if (this.#over) return;
    const outcome = parseMessage(text, { maxBytes: LARGEST_EVENT_BYTES });
    if (outcome.kind === 'notification') this.#follower.notified(outcome.message, text);
    else if (outcome.kind === 'response') this.#end('error' in outcome.message ? 'declined' : 'ended');
    else this.#end('lost');
  }

  #end(end: StreamEnd): void {
    if (this.#over) return;
    this.stop();
    this.#follower.over(end);
  }
}
