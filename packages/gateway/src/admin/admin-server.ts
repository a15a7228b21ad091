import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TlsMaterial } from '../listen/tls-material.ts';
import { applyTls, bind, httpServer, type Listener } from '../listener.ts';
import type { AdminPlan } from './config.ts';
import type { Operators } from './operators.ts';
import type { AdminAccess, AdminReply, AdminRoute, AdminWorld } from './route.ts';

/** What the admin port needs. */
export interface AdminServerOptions {
  readonly routes: readonly AdminRoute[];
  readonly world: AdminWorld;
  /** What is in force now. */
  readonly current: () => { readonly plan: AdminPlan; readonly operators: Operators };
  /** `undefined` for plain HTTP. */
  readonly tls: TlsMaterial | undefined;
  /** Something was asked that is put on record. */
  readonly recorded: (operator: string, route: AdminRoute, status: number) => void;
  readonly failed: (error: unknown) => void;
}

const LARGEST_BODY = 64 * 1024;
const MOST_CONNECTIONS = 100;
const SLOWEST_MS = 10_000;

/** The admin port: a listener of its own, whose routes callers of tools cannot reach. */
export class AdminServer {
  readonly #options: AdminServerOptions;
  readonly #server: Listener;

  constructor(options: AdminServerOptions) {
    this.#options = options;
    const limits = { requestTimeout: SLOWEST_MS, headersTimeout: SLOWEST_MS, maxHeaderSize: 8192 };
    this.#server = httpServer({ ...limits, requireHostHeader: true }, options.tls);
    this.#server.on('request', (req: IncomingMessage, res: ServerResponse) => {
      this.#answer(req, res).catch((error: unknown) => {
        options.failed(error);
        write(res, { status: 500, json: { error: 'the gateway failed' } });
      });
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Starts listening; resolves with the URL. Rejects with the system's error where the address cannot be bound. */
  async listen(plan: AdminPlan): Promise<string> {
    return (await bind(this.#server, plan)).url;
  }

  /** Speaks TLS with other certificates, on connections that begin from now on. */
  renew(tls: TlsMaterial | undefined): void {
    applyTls(this.#server, tls);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://admin.invalid');
    const { routes, world, current } = this.#options;
    const route = routes.find(({ method, path }) => method === req.method && path === pathname);
    if (route !== undefined && accessOf(route, current().plan) === 'anybody') {
      const request = { operator: undefined, query: searchParams, body: undefined };
      return write(res, await route.handle(request, world));
    }
    const operator = this.#operatorOf(req);
    if (typeof operator !== 'string') return write(res, operator);
    if (route === undefined) {
      const known = routes.some(({ path }) => path === pathname);
      return write(res, {
        status: known ? 405 : 404,
        json: { error: known ? 'wrong method' : 'no such path' },
      });
    }
    const body = route.method === 'POST' ? await bodyOf(req) : undefined;
    if (body !== undefined && 'refusal' in body) return write(res, body.refusal);
    const reply = await route.handle({ operator, query: searchParams, body: body?.value }, world);
    if (route.recorded) this.#options.recorded(operator, route, reply.status);
    write(res, reply);
  }

  /** Who asks, or why nobody is listened to. Host and Origin come first: a page must not even learn that tokens are wanted. */
  #operatorOf(req: IncomingMessage): string | AdminReply {
    const { plan, operators } = this.#options.current();
    const { headers } = req;
    // A page that reaches the port does so behind the back of an operator, whose browser may have a certificate to show.
    if (headers.origin !== undefined || /^(cross|same)-site$/.test(String(headers['sec-fetch-site'])))
      return { status: 403, json: { error: 'pages may not call this port' } };
    if (!hostAllowed(plan, headers.host))
      return { status: 403, json: { error: 'this Host is not served here' } };
    const wanted = 'this port wants the token or the certificate of an operator';
    return operators.find(req) ?? { status: 401, json: { error: wanted } };
  }
}

// ---

function accessOf({ access }: AdminRoute, plan: AdminPlan): AdminAccess {
  return typeof access === 'function' ? access(plan) : access;
}

type Body = { readonly value: unknown } | { readonly refusal: AdminReply };

async function bodyOf(req: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of req) {
    const bytes: Buffer = chunk;
    total += bytes.length;
    if (total > LARGEST_BODY) return { refusal: { status: 413, json: { error: 'the body is too large' } } };
    chunks.push(bytes);
  }
  if (total === 0) return { value: undefined };
  if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
    return { refusal: { status: 415, json: { error: 'the body must be application/json' } } };
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch {
    return { refusal: { status: 400, json: { error: 'the body is not JSON' } } };
  }
}

function hostAllowed({ hosts }: AdminPlan, host: string | undefined): boolean {
  if (hosts === undefined) return true;
  const name = host?.toLowerCase() ?? '';
  return hosts.has(name) || hosts.has(name.replace(/:\d+$/, ''));
}

function write(res: ServerResponse, { status, json, text, type }: AdminReply): void {
  if (res.headersSent || res.destroyed) return;
  const body = text ?? `${JSON.stringify(json ?? {})}\n`;
  res.writeHead(status, {
    'content-type': type ?? 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="switchyard-admin"' } : {}),
    ...(status >= 400 ? { connection: 'close' } : {}),
  });
  res.end(body);
}
