import { isUtf8 } from 'node:buffer';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Core } from './core.ts';
import { QUIET_MS, quiet, stopListening } from './fronts/drain.ts';
import { NodeExchange } from './fronts/node-exchange.ts';
import type { Body } from './ladder/body-rungs.ts';
import { tooLarge } from './ladder/head-rungs.ts';
import { LOOPBACK } from './ladder/host-policy.ts';
import type { Server } from './server.ts';
import type { Walk } from './walk.ts';

export { QUIET_MS, quiet, stopListening } from './fronts/drain.ts';

/** A request that a framework's body parser may have read already. */
type NodeRequest = IncomingMessage & { readonly body?: unknown };

/**
 * A handler for `node:http`, Express (`app.all('/mcp', handler)`), or the raw objects of Fastify.
 * A body that a framework has parsed is found on the request, or given as `body`; Express's `next` in its place is ignored.
 */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse, body?: unknown) => void;

/** Makes a server answer `node:http` requests, whatever their path. */
export function toNodeHandler(server: Pick<Server, 'core'>): NodeHandler {
  const { core } = server;
  return (request, response, body) => {
    const opened = core.open(new NodeExchange(request, response));
    const given = typeof body === 'function' ? undefined : body;
    if (opened instanceof Promise) void opened.then((walk) => receive(core, walk, { request, given }));
    else receive(core, opened, { request, given });
  };
}

/** What {@link serve} needs of a server. */
export type Servable = Pick<Server, 'core' | 'ready' | 'close'>;

/** How {@link serve} listens. */
export interface ServeOptions {
  /** `0` takes any free port. @default 3000 */
  readonly port?: number;
  /** The address to bind. Beyond loopback the server's `allowedHosts` must say by which names it is reached. @default '127.0.0.1' */
  readonly host?: string;
  /** The path of the MCP endpoint; any other is 404. @default '/mcp' */
  readonly path?: string;
}

/** A server that is listening. */
export interface Listening extends AsyncDisposable {
  /** The URL of the MCP endpoint. */
  readonly url: string;
  readonly port: number;
  readonly http: HttpServer;
  /**
   * Drains: takes no new connections, answers for a second more what comes on open ones and ends those, and lets what is
   * under way finish, all for at most `timeoutMs` milliseconds. @default 10000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/**
 * Serves over HTTP. Resolves once the port is open and the definitions are compiled; rejects where either fails.
 * Throws `TypeError` for an address beyond loopback where the server does not say by which hosts it is reached.
 */
export async function serve(server: Servable, options: ServeOptions = {}): Promise<Listening> {
  const { port = 3000, host = '127.0.0.1', path = '/mcp' } = options;
  if (!isLoopback(host) && server.core.runtime.hosts.loopbackOnly) {
    throw new TypeError(
      `To bind ${host}, say by which names the server is reached: createServer(info, { allowedHosts: ['mcp.example.com'] }).`,
    );
  }
  await server.ready();
  const handler = toNodeHandler(server);
  const unsent = new Set<ServerResponse>();
  const state = { closing: false };
  const http = createServer((request, response) => {
    if (state.closing) response.shouldKeepAlive = false;
    unsent.add(response);
    response.once('close', () => unsent.delete(response));
    if (pathOf(request.url) === path) handler(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end(`The MCP endpoint is ${path}.\n`);
  });
  await listen(http, port, host);
  // A server that listens on TCP has an address of this kind.
  const bound = http.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  const close: Listening['close'] = (how) => shut({ server, http, unsent, state }, how?.timeoutMs ?? 10_000);
  return {
    url: `http://${shown}:${bound.port}${path}`,
    port: bound.port,
    http,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

interface Received {
  readonly request: NodeRequest;
  /** The parsed body, where a framework has handed it over. */
  readonly given: unknown;
}

function receive(core: Core, walk: Walk | undefined, { request, given = request.body }: Received): void {
  if (walk === undefined) return;
  if (given !== undefined && request.complete) {
    void core.serve(walk, bodyOf(given));
    return;
  }
  // Somebody has read the body and kept it: no event will tell of it any more.
  if (request.readableEnded) {
    void core.serve(walk, '');
    return;
  }
  // The caller has left while it was being identified: no event will tell of that either.
  if (request.destroyed) {
    walk.drop();
    return;
  }
  const limit = core.runtime.limits.bodyBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else walk.refuse(tooLarge(limit));
  });
  request.on('end', () => {
    if (!walk.done) void core.serve(walk, textOf(chunks));
  });
  request.on('close', () => {
    if (!request.complete) walk.drop();
  });
}

/** What a framework made of the body: its text, its bytes, or the value in it. */
const bodyOf = (given: unknown): Body =>
  typeof given === 'string' || given instanceof Uint8Array ? given : { parsed: given };

/** Text where the bytes are sound UTF-8; otherwise the bytes, which the parse rung refuses. */
function textOf(chunks: readonly Buffer[]): string | Uint8Array {
  const [first] = chunks;
  const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  return isUtf8(whole) ? whole.toString('utf8') : whole;
}

const isLoopback = (host: string): boolean => LOOPBACK.has(host) || host === '::1' || host.startsWith('127.');

function pathOf(url: string | undefined): string {
  if (url === undefined) return '';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function listen(http: HttpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
}

interface Running {
  readonly server: Servable;
  readonly http: HttpServer;
  readonly unsent: ReadonlySet<ServerResponse>;
  /** While closing, connections end with their next answer. */
  readonly state: { closing: boolean };
}

/** Drains: first whoever is connected learns that the connection ends, then what is under way gets to finish. */
async function shut({ server, http, unsent, state }: Running, timeoutMs: number): Promise<void> {
  const start = Date.now();
  state.closing = true;
  const closed = http.listening ? stopListening(http) : Promise.resolve();
  await quiet(closed, Math.min(QUIET_MS, timeoutMs));
  await server.close({ timeoutMs: Math.max(0, timeoutMs - (Date.now() - start)) });
  // What is answered is not yet sent where the caller reads slowly.
  const left = Math.max(MIN_FLUSH_MS, timeoutMs - (Date.now() - start));
  await Promise.race([Promise.all([...unsent].map(whenClosed)), delay(left)]);
  // What is still open is a connection that its caller keeps.
  http.closeAllConnections();
  await closed;
}

/** How long a slow reader is waited for at least, in milliseconds. */
const MIN_FLUSH_MS = 500;

const whenClosed = (response: ServerResponse): Promise<unknown> =>
  new Promise((resolve) => {
    response.once('close', resolve);
  });

const delay = (ms: number): Promise<unknown> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
