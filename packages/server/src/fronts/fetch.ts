import { encodeEvent } from '@switchyard/wire';
import type { Core } from '../core.ts';
import type { Exchange, MessageStream, PreparedMessage, Reply } from '../exchange.ts';
import { tooLarge } from '../ladder/head-rungs.ts';
import { KEEP_ALIVE, MAX_UNSENT_BYTES, STREAM_HEADERS } from './sse.ts';

/** The front for hosts of the fetch standard: one `Request` in, one `Response` out. */
export function serveFetch(core: Core, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    receive(core, new FetchExchange(request, resolve)).catch(reject);
  });
}

async function receive(core: Core, exchange: FetchExchange): Promise<void> {
  const walk = await core.open(exchange);
  if (walk === undefined) return;
  const limit = core.runtime.limits.bodyBytes;
  let body: Uint8Array | undefined;
  try {
    body = await readBody(exchange.request, limit);
  } catch {
    return walk.drop();
  }
  if (body === undefined) return walk.refuse(tooLarge(limit));
  await core.serve(walk, body);
}

/** The body, or `undefined` where it is larger than the limit: no more than that is ever held. */
async function readBody(request: Request, limit: number): Promise<Uint8Array | undefined> {
  const length = request.headers.get('content-length');
  // A length that was declared has been checked, and the host holds the body to it. Asking for the stream comes after,
  // since hosts that make their requests lazily build a whole stream for it.
  if (length !== null && Number(length) <= limit) return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

class FetchExchange implements Exchange {
  readonly transport = 'http';
  readonly request: Request;
  readonly #respond: (response: Response) => void;
  readonly #gone: (() => void)[] = [];
  #also: Readonly<Record<string, string>> | undefined;

  constructor(request: Request, respond: (response: Response) => void) {
    this.request = request;
    this.#respond = respond;
  }

  get verb(): string {
    return this.request.method;
  }

  header(name: string): string | undefined {
    const value = this.request.headers.get(name);
    if (value !== null || name !== 'host') return value ?? undefined;
    // Requests made by a program carry their host in the URL alone.
    return new URL(this.request.url).host;
  }

  alsoSend(headers: Readonly<Record<string, string>>): void {
    this.#also = { ...this.#also, ...headers };
  }

  reply({ status, json, headers }: Reply): void {
    if (json === undefined) {
      this.#respond(new Response(null, { status, headers: { ...this.#also, ...headers } }));
      return;
    }
    const body = typeof json === 'string' ? json : bytesOf(json);
    const all = { 'content-type': 'application/json', ...this.#also, ...headers };
    this.#respond(new Response(body, { status, headers: all }));
  }

  stream(): MessageStream {
    const stream = new FetchStream(() => this.#disconnected());
    this.#respond(new Response(stream.readable, { headers: { ...this.#also, ...STREAM_HEADERS } }));
    return stream;
  }

  /** Nobody waits for this response, but whoever called `fetch` may hold on to its promise. */
  abandon(): void {
    this.#respond(new Response(null, { status: CLIENT_CLOSED_REQUEST }));
  }

  onDisconnect(callback: () => void): void {
    this.#gone.push(callback);
    if (this.#gone.length === 1) this.request.signal.addEventListener('abort', () => this.#disconnected());
    if (this.request.signal.aborted) this.#disconnected();
  }

  #disconnected(): void {
    for (const callback of this.#gone.splice(0)) callback();
  }
}

/** What nginx calls a request whose caller has gone; no caller ever sees it. */
const CLIENT_CLOSED_REQUEST = 499;

const encoder = new TextEncoder();

class FetchStream implements MessageStream {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(cancelled: () => void) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => {
          this.#controller = undefined;
          cancelled();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNSENT_BYTES }),
    );
  }

  get keepsUp(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  send(json: string): boolean {
    return this.#write(encodeEvent({ data: json }));
  }

  keepAlive(): void {
    this.#write(KEEP_ALIVE);
  }

  end(lastJson?: string): void {
    if (lastJson !== undefined) this.send(lastJson);
    this.#controller?.close();
    this.#controller = undefined;
  }

  abort(): void {
    this.#controller?.error(new Error('The stream was broken off.'));
    this.#controller = undefined;
  }

  #write(text: string): boolean {
    if (this.#controller === undefined) return false;
    this.#controller.enqueue(encoder.encode(text));
    return this.keepsUp;
  }
}

function bytesOf({ head, bytes }: PreparedMessage): Uint8Array<ArrayBuffer> {
  const start = encoder.encode(head);
  const whole = new Uint8Array(start.length + bytes.length);
  whole.set(start);
  whole.set(bytes, start.length);
  return whole;
}
