import http, { type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  createGateway,
  type Gateway,
  type GatewayConfig,
  type GatewayEvent,
  type GatewayOptions,
  type ServerConfig,
} from '../src/index.ts';

export const VERSION = '2026-07-28';

/** A server behind the gateway, of plain `node:http`. */
export interface Upstream {
  readonly url: string;
  readonly server: http.Server;
  readonly sockets: ReadonlySet<Socket>;
  /** Every request that came, with its body once that is whole. */
  readonly seen: Seen[];
}

/** What an upstream saw of a request. */
export interface Seen {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  body: string | undefined;
}

/** Starts an upstream; it is closed when the test is over. */
export async function upstream(listener: RequestListener): Promise<Upstream> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((req, res) => {
    const entry: Seen = {
      method: req.method,
      target: req.url,
      headers: req.headers,
      rawHeaders: req.rawHeaders,
      body: undefined,
    };
    seen.push(entry);
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      entry.body = Buffer.concat(chunks).toString('latin1');
    });
    listener(req, res);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}/mcp`, server, sockets, seen };
}

/** An upstream that speaks no HTTP of its own accord: it gets each connection's first bytes and the socket. */
export async function rawUpstream(onBytes: (socket: Socket, bytes: Buffer) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => onBytes(socket, bytes));
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${port}/mcp`;
}

/** The URL of a port that nothing listens on. */
export async function nowhere(): Promise<string> {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/mcp`;
}

/** Answers every request with a JSON-RPC result that has the body's id, and `from` in it. */
export function answering(from = 'upstream'): RequestListener {
  return (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: number };
      const body = JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', from } });
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      res.end(body);
    });
  };
}

/** A gateway that listens, and what it logged. */
export interface Running {
  readonly gateway: Gateway;
  /** Base URL. */
  readonly url: string;
  readonly port: number;
  /** Base URL of the admin port; empty where there is none. */
  readonly admin: string;
  readonly events: GatewayEvent[];
}

/** Starts a gateway on a free port with the server `s` at `/mcp`; it is closed when the test is over. */
export async function gatewayTo(
  replicas: readonly string[],
  server: Partial<ServerConfig> = {},
  rest: Partial<GatewayConfig> = {},
): Promise<Running> {
  return startGateway({ ...rest, servers: { s: { path: '/mcp', ...server, replicas } } });
}

/** Starts a gateway on a free port; it is closed when the test is over. Jitter is off unless `options` brings it. */
export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<Running> {
  const events: GatewayEvent[] = [];
  const gateway = createGateway(
    { listen: { port: 0 }, ...config },
    { random: () => 0, logger: (event) => events.push(event), ...options },
  );
  onTestFinished(async () => {
    await gateway.close({ timeoutMs: 0 });
  });
  const { url, port, admin = '' } = await gateway.listen();
  return { gateway, url, port, admin, events };
}

/** A request to a gateway. */
export interface Call {
  readonly path?: string;
  readonly httpMethod?: string;
  readonly method?: string;
  readonly name?: string;
  readonly id?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string | Buffer;
  readonly agent?: http.Agent;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON a test looks into.
  readonly json: any;
}

/** Sends a JSON-RPC request with the headers of the revision and reads the answer; rejects if it breaks off. */
export async function post(base: string, call: Call = {}): Promise<Answer> {
  const res = await open(base, call);
  return read(res);
}

/** As `post`, up to the response headers. */
export function open(base: string, call: Call = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const req = request(base, call);
    req.on('response', resolve);
    req.on('error', reject);
    req.end(bodyOf(call));
  });
}

/** The request of a call, its body not yet sent. */
export function request(base: string, call: Call = {}): http.ClientRequest {
  const { path = '/mcp', httpMethod = 'POST', agent } = call;
  return http.request(base, {
    path,
    method: httpMethod,
    headers: headersOf(call),
    ...(agent ? { agent } : {}),
  });
}

/** The body of a call. */
export function bodyOf(call: Call): string | Buffer {
  const { method = 'tools/call', name = 'add', id = 1, body } = call;
  const params = method === 'tools/call' ? { name, arguments: {} } : {};
  return body ?? JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** The headers of a call. */
export function headersOf(call: Call): http.OutgoingHttpHeaders {
  const { method = 'tools/call', name = 'add' } = call;
  const headers: http.OutgoingHttpHeaders = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': VERSION,
    'mcp-method': method,
    ...(method === 'tools/call' ? { 'mcp-name': name } : {}),
    'content-length': Buffer.byteLength(bodyOf(call)),
  };
  for (const [key, value] of Object.entries(call.headers ?? {})) {
    if (value === undefined) delete headers[key];
    else headers[key] = typeof value === 'string' ? value : [...value];
  }
  return headers;
}

/** Reads a response to its end; rejects if it breaks off. */
export async function read(res: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

/** Sends bytes on a connection of their own and collects what comes back until it closes. */
export function exchangeBytes(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let got = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      got += text;
    });
    socket.on('close', () => resolve(got));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
  });
}

/** A promise and its ends. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** A promise that is settled from outside. */
export function deferred<T = void>(): Deferred<T> {
  let ends: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    ends = { resolve, reject };
  });
  if (ends === undefined) throw new Error('a promise runs its executor at once');
  return { promise, ...ends };
}

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
