import type { Readable, Writable } from 'node:stream';
import type { JSONRPCNotification, Rejection, RequestId } from '@switchyard/wire';
import { errorMessage, LineDecoder, reject } from '@switchyard/wire';
import type { Core } from './core.ts';
import { StdioExchange } from './fronts/stdio-exchange.ts';
import { parse } from './ladder/body-rungs.ts';
import type { Server } from './server.ts';
import type { Walk } from './walk.ts';

/** How {@link serveStdio} is connected. */
export interface StdioOptions {
  /** Where the client's lines come from. @default process.stdin */
  readonly input?: Readable;
  /** Where the answers go; nothing else may be written there. @default process.stdout */
  readonly output?: Writable;
  /** How long requests may go on once the input has ended, in milliseconds. @default 1000 */
  readonly graceMs?: number;
}

/** A server on a channel of lines. */
export interface StdioConnection {
  /** Resolves when the input has ended and every answer is written: the moment to exit. */
  readonly closed: Promise<void>;
  /** Stops reading, ends listen streams gracefully, and finishes what is under way. */
  close(): Promise<void>;
}

/**
 * Serves one client over lines of JSON. Requests run side by side; `notifications/cancelled` stops one.
 * A line beyond the body limit ends the connection: what follows it cannot be told apart.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio.
 */
export function serveStdio(
  server: Pick<Server, 'core' | 'ready' | 'close'>,
  options: StdioOptions = {},
): StdioConnection {
  const { input = process.stdin, output = process.stdout, graceMs = 1000 } = options;
  const channel = new Channel(server.core, output);
  const lines = new LineDecoder({ maxLineBytes: server.core.runtime.limits.bodyBytes });
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) input.once(event, resolve);
    const read = (): void => {
      input.on('data', (chunk: Uint8Array | string) => {
        if (!receiveChunk(channel, lines, chunk)) resolve();
      });
    };
    // Nothing is read before it can be served. What cannot be compiled is reported in answer to each request.
    server.ready().then(read, read);
  });
  // A client that closes its end while we write is gone, and that is all.
  output.on('error', () => channel.disconnect());
  const closed = ended.then(async () => {
    input.removeAllListeners('data');
    await channel.opened();
    await server.close({ timeoutMs: graceMs });
    channel.disconnect();
    await flushed(output);
  });
  return {
    closed,
    async close() {
      input.destroy();
      await closed;
    },
  };
}

/** Takes the lines that a chunk completes; false where the client has broken the framing. */
function receiveChunk(channel: Channel, lines: LineDecoder, chunk: Uint8Array | string): boolean {
  try {
    for (const line of lines.push(chunk)) channel.receive(line);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    channel.refuse(error.message);
    return false;
  }
}

/** The requests of one client that are not answered yet, by id. */
class Channel {
  readonly #core: Core;
  readonly #output: Writable;
  readonly #pending = new Map<RequestId, StdioExchange>();
  #opening: Promise<unknown> = Promise.resolve();

  constructor(core: Core, output: Writable) {
    this.#core = core;
    this.#output = output;
  }

  receive(line: Uint8Array): void {
    const exchange = new StdioExchange(this.#output);
    const opened = this.#core.open(exchange);
    if (opened instanceof Promise) this.#opening = opened.then((walk) => this.#serve(line, walk, exchange));
    else this.#serve(line, opened, exchange);
  }

  /** Resolves when every line that was received is being served. */
  async opened(): Promise<void> {
    await this.#opening;
  }

  /** Answers what cannot even be read. */
  refuse(why: string): void {
    new StdioExchange(this.#output).reply({
      status: 400,
      json: errorMessage(undefined, reject('InvalidRequest', why)),
    });
  }

  /** The client has gone. */
  disconnect(): void {
    for (const exchange of [...this.#pending.values()]) exchange.disconnect();
  }

  #serve(line: Uint8Array, walk: Walk | undefined, exchange: StdioExchange): void {
    if (walk === undefined) return;
    const parsed = parse(walk, line);
    if (parsed.kind === 'notification') this.#notified(parsed.message);
    const refusal = parsed.kind === 'request' ? this.#track(parsed.message.id, exchange) : undefined;
    if (refusal === undefined) void this.#core.serveMessage(walk, parsed);
    else walk.refuse(refusal);
  }

  /** Refuses a request whose id is under way, since its answer could not be told from the other's, and one too many. */
  #track(id: RequestId, exchange: StdioExchange): Rejection | undefined {
    if (this.#pending.has(id))
      return reject('InvalidRequest', 'A request with this id is still being answered.');
    if (this.#pending.size >= this.#core.runtime.limits.operations) {
      return reject('InternalError', 'The server is busy. Try again later.');
    }
    this.#pending.set(id, exchange);
    exchange.onEnd(() => this.#pending.delete(id));
    return undefined;
  }

  #notified({ method, params }: JSONRPCNotification): void {
    const requestId: unknown = params?.['requestId'];
    if (method !== 'notifications/cancelled') return;
    if (typeof requestId === 'string' || typeof requestId === 'number')
      this.#pending.get(requestId)?.disconnect(cancellationReason(params?.['reason']));
  }
}

/** Why the client cancels, for the signal's reason: one short line, whatever was sent. */
function cancellationReason(reason: unknown): string {
  if (typeof reason !== 'string') return 'The client has cancelled the request.';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return `The client has cancelled the request: ${reason.slice(0, 200).replaceAll(/[\u0000-\u001f\u007f]/g, ' ')}`;
}

function flushed(output: Writable): Promise<void> {
  if (output.writableLength === 0 || output.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    for (const event of ['drain', 'close', 'error']) output.once(event, resolve);
  });
}
