import type { Client } from '../forward/credentials/credentials.ts';
import type { Errand, ResponseSink, ResponseTaker } from '../forward/errand.ts';
import { type ForwardContext, Forwarding } from '../forward/forwarding.ts';
import type { UpstreamHeaders } from '../forward/response-headers.ts';
import type { LiveServer } from '../plan/live.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Replica } from '../route/replica.ts';

/** A request that the gateway itself makes of a server. */
export interface UpstreamCall {
  readonly server: LiveServer;
  readonly method: string;
  /** Flat list. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** How large a response is taken, in bytes. */
  readonly limitBytes: number;
  /** The query to add to the replica's own, with its `?`. @default none */
  readonly query?: string;
  /** The replica to begin with. @default the server's next */
  readonly replica?: Replica | undefined;
  /** On whose behalf. @default the gateway's own */
  readonly client?: Client;
  /** Aborted where nobody wants the answer any more; the call then never settles. */
  readonly signal?: AbortSignal | undefined;
}

/** The whole response of a server. */
export interface UpstreamReply {
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly body: Buffer;
}

/**
 * Makes a request of a server, by the same rules as those of callers (health, retries, time limits), and waits for the
 * whole response. Rejects never; resolves with a refusal where there is no response that can be used.
 */
export function callServer(call: UpstreamCall, context: ForwardContext): Promise<UpstreamReply | Refusal> {
  return new Promise((resolve) => {
    const collector = new Collector(call, resolve);
    const forwarding = new Forwarding(collector, context);
    collector.stop = () => forwarding.stop();
    call.signal?.addEventListener('abort', () => collector.abandon(), { once: true });
    if (!collector.gone) forwarding.bodyWhole(call.body);
  });
}

// ---

class Collector implements Errand, ResponseTaker, ResponseSink {
  readonly server: LiveServer;
  readonly method: string;
  readonly query: string;
  readonly replica: Replica | undefined;
  readonly client: Client | undefined;
  stop: () => void = () => {};
  readonly #call: UpstreamCall;
  readonly #resolve: (reply: UpstreamReply | Refusal) => void;
  readonly #chunks: Buffer[] = [];
  #total = 0;
  #status = 0;
  #headers: UpstreamHeaders = {};
  #settled = false;

  constructor(call: UpstreamCall, resolve: (reply: UpstreamReply | Refusal) => void) {
    this.server = call.server;
    this.method = call.method;
    this.query = call.query ?? '';
    this.replica = call.replica;
    this.client = call.client;
    this.#call = call;
    this.#resolve = resolve;
    if (call.signal?.aborted === true) this.#settled = true;
  }

  get taker(): ResponseTaker {
    return this;
  }

  get gone(): boolean {
    return this.#settled;
  }

  headers(): string[] {
    return this.#call.headers.slice();
  }

  abandon(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.stop();
  }

  begin(status: number, headers: UpstreamHeaders): ResponseSink {
    this.#status = status;
    this.#headers = headers;
    return this;
  }

  refused(refusal: Refusal): void {
    this.#settle(refusal);
  }

  brokeOff(): void {
    this.#settle(refuse('upstream-lost'));
  }

  write(chunk: Buffer): boolean {
    this.#total += chunk.length;
    if (this.#total <= this.#call.limitBytes) {
      this.#chunks.push(chunk);
      return true;
    }
    this.#settle(
      refuse('upstream-invalid', { message: 'The server answered with more than this gateway takes' }),
    );
    this.stop();
    return true;
  }

  whenRead(callback: () => void): void {
    callback();
  }

  end(): void {
    const body = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    this.#settle({
      status: this.#status,
      headers: this.#headers,
      body: body ?? Buffer.concat(this.#chunks),
    });
  }

  #settle(reply: UpstreamReply | Refusal): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve(reply);
  }
}
