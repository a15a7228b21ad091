import type { ServerResponse } from 'node:http';
import { META } from '@switchyard/wire';
import type { CacheConfig, GatewayConfig, GatewayOptions, ServerConfig } from '../src/index.ts';
import {
  type Answer,
  type Call,
  post,
  type Running,
  startGateway,
  type Upstream,
  upstream,
  VERSION,
} from './support.ts';

/** A request as an upstream got it. */
export interface Got {
  readonly id: number | string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> & { readonly _meta: Record<string, unknown> };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A result, or a status and an error. */
export type Given = Readonly<Record<string, unknown>> | { readonly status: number; readonly error?: object };

/** An upstream of cacheable results that counts what it is asked, and may be listened to. */
export interface CacheableUpstream extends Upstream {
  /** Requests but for `subscriptions/listen`, in order. */
  readonly got: Got[];
  /** The open streams, each with the request that opened it. */
  readonly streams: { readonly request: Got; readonly res: ServerResponse }[];
  /** Tells everyone who listens. */
  tell(method: string, params?: object): void;
}

/** Starts an upstream that answers by `give`; `listens: false` declines streams. */
export async function cacheable(
  give: (got: Got, n: number) => Given | Promise<Given>,
  options: { readonly listens?: boolean } = {},
): Promise<CacheableUpstream> {
  const got: Got[] = [];
  const streams: CacheableUpstream['streams'] = [];
  const up = await upstream((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', async () => {
      const message = JSON.parse(Buffer.concat(chunks).toString()) as Got;
      const request = { ...message, headers: req.headers };
      if (message.method === 'subscriptions/listen') {
        if (options.listens === false) return void res.writeHead(404).end();
        openStream(request, res);
        return;
      }
      got.push(request);
      const given = await give(request, got.length);
      const failed = 'status' in given && typeof given['status'] === 'number';
      const body = failed ? { error: (given as { error?: object }).error } : { result: given };
      res.writeHead(failed ? Number(given['status']) : 200, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...body }));
    });
  });
  const openStream = (request: Got, res: ServerResponse) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const entry = { request, res };
    streams.push(entry);
    res.on('close', () => streams.splice(streams.indexOf(entry), 1));
    write(entry, 'notifications/subscriptions/acknowledged', {
      notifications: request.params['notifications'],
    });
  };
  const write = (
    { request, res }: CacheableUpstream['streams'][number],
    method: string,
    params: object = {},
  ) => {
    const message = {
      jsonrpc: '2.0',
      method,
      params: { ...params, _meta: { [META.subscriptionId]: request.id } },
    };
    res.write(`data: ${JSON.stringify(message)}\n\n`);
  };
  return {
    ...up,
    got,
    streams,
    tell: (method, params) => {
      for (const stream of streams) write(stream, method, params);
    },
  };
}

/** A cacheable request of a client. */
export interface Asking {
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly id?: number | string;
  readonly headers?: Call['headers'];
  readonly token?: string;
  readonly path?: string;
}

/** Asks a gateway, and reads the answer. */
export function ask(url: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'tools/list', params = {}, meta = {}, id = 1, token, path } = asking;
  const _meta = { [META.protocolVersion]: VERSION, [META.clientCapabilities]: {}, ...meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
  const uri = params['uri'];
  const headers = {
    ...(typeof uri === 'string' ? { 'mcp-name': uri } : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...asking.headers,
  };
  return post(url, { method, body, headers, ...(path === undefined ? {} : { path }) });
}

/** A list that is fresh for a minute. */
export function list(parts: Readonly<Record<string, unknown>> = {}): Given {
  return { resultType: 'complete', tools: [], ttlMs: 60_000, cacheScope: 'public', ...parts };
}

/** How a gateway with a cache is set up. */
export interface Setting {
  readonly cache?: CacheConfig;
  readonly server?: Partial<ServerConfig>;
  readonly rest?: Partial<GatewayConfig>;
  readonly options?: GatewayOptions;
}

/** A gateway with a cache in front of one server at `/mcp`. */
export async function inFront(
  up: CacheableUpstream,
  { cache = {}, server = {}, rest = {}, options = {} }: Setting = {},
): Promise<Running> {
  const servers = { s: { path: '/mcp', retries: 0, replicas: [up.url], ...server } };
  return startGateway({ ...rest, servers, cache }, options);
}

/** An upstream that numbers its lists, and tells no news. */
export function numbered(parts: Readonly<Record<string, unknown>> = {}): Promise<CacheableUpstream> {
  return cacheable((_, n) => list({ n, ...parts }), { listens: false });
}
