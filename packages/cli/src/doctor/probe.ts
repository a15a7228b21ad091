import { type ClientCapabilities, encodeHeaderValue, META, PROTOCOL_VERSION } from '@switchyard/wire';
import { Agent, request } from 'undici';
import { packageVersion } from '../version.ts';
import { NoAnswer, toNoAnswer } from './no-answer.ts';
import { readReply } from './read-reply.ts';
import { isResponse, type Json, type Reply } from './reply.ts';

/** Where requests go, and within which limits. */
export interface ProbeOptions {
  readonly url: URL;
  /** What goes with every request, by lower-case name: a token and the like. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** A request, byte by byte. */
export interface RawRequest {
  /** @default 'POST' */
  readonly verb?: 'POST' | 'GET' | 'DELETE';
  /** @default the endpoint */
  readonly url?: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  /** Whether the caller's own headers, such as its token, are left out. @default false */
  readonly anonymous?: boolean;
  /** Whether a stream has told enough. @default a response has come */
  readonly enough?: (message: unknown) => boolean;
}

/** How a request differs from what a conforming client sends. `undefined` leaves a thing out. */
export interface Change extends Pick<RawRequest, 'anonymous' | 'enough'> {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly meta?: Readonly<Record<string, unknown>>;
  /** @default none */
  readonly capabilities?: ClientCapabilities;
  /** @default a number that is used once */
  readonly id?: unknown;
}

/** An answer, and what it answers. */
export interface Seen {
  readonly method: string;
  readonly id: unknown;
  readonly reply: Reply;
}

/** Sends requests, good and bad, each on a connection of its own, and keeps what came back. No redirect is followed. */
export class Probe {
  readonly url: URL;
  readonly #options: ProbeOptions;
  // Without pipelining nothing is kept alive: behind a balancer another instance may answer each time.
  readonly #agent = new Agent({ pipelining: 0 });
  readonly #seen: Seen[] = [];
  #lastId = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.url = options.url;
  }

  /** Every answer to `call`, in order. */
  get seen(): readonly Seen[] {
    return this.#seen;
  }

  /** Whether requests carry a token or another credential of the caller. */
  get hasCredentials(): boolean {
    return this.#options.headers['authorization'] !== undefined;
  }

  /** Whether there is time left. */
  get hasTime(): boolean {
    return !this.#options.signal.aborted;
  }

  /** Sends anything at all. Rejects with `NoAnswer`. */
  async send(raw: RawRequest): Promise<Reply> {
    const { headers, timeoutMs, signal } = this.#options;
    const url = raw.url ?? this.url;
    const own = raw.anonymous === true ? {} : headers;
    const { body = null, verb: method = 'POST' } = raw;
    // Not AbortSignal.any: Node 20 may collect what it is made of before it fires.
    const limit = new AbortController();
    const stop = (): void => limit.abort(new NoAnswer(`Nothing more came from ${url.host} in time.`));
    const timer = setTimeout(stop, timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      const options = { method, headers: given({ ...own, ...raw.headers }), body, signal: limit.signal };
      return await readReply(
        await request(url, { ...options, dispatcher: this.#agent }),
        raw.enough ?? isResponse,
      );
    } catch (error) {
      throw toNoAnswer(error, url, timeoutMs);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Sends a request as a conforming client does, but for `change`. Rejects with `NoAnswer`. */
  async call(method: string, params: Json = {}, change: Change = {}): Promise<Reply> {
    this.#lastId += 1;
    const { id = this.#lastId, capabilities = {}, headers, meta, ...rest } = change;
    const _meta = {
      [META.protocolVersion]: PROTOCOL_VERSION,
      [META.clientInfo]: { name: 'switchyard-doctor', version: packageVersion() },
      [META.clientCapabilities]: capabilities,
      ...meta,
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
    const reply = await this.send({
      ...rest,
      body,
      headers: { ...standardHeaders(method, params), ...headers },
    });
    this.#seen.push({ method, id, reply });
    return reply;
  }

  /** Lets go of connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The headers that a conforming client sends with a request. */
export function standardHeaders(method: string, params: Json): Record<string, string> {
  const name = NAMED.has(method) ? (params['name'] ?? params['uri']) : undefined;
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': PROTOCOL_VERSION,
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': encodeHeaderValue(name) } : {}),
  };
}

// ---

const NAMED: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get']);

function given(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
