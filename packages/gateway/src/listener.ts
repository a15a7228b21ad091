import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { RequestHandlers } from './handle.ts';
import type { ListenPlan } from './listen/config.ts';
import type { TlsMaterial } from './listen/tls-material.ts';
import type { LimitsPlan, Plan } from './plan/plan.ts';

/** What listens. */
export type Listener = http.Server | https.Server;

/** Where a gateway can be reached. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, or with https, to which a server's path is added. */
  readonly url: string;
  /** The URL of the admin port, where there is one. */
  readonly admin?: string;
}

/** How often Node looks for clients that are too slow; their time is exceeded by at most this. */
const SLOW_CLIENT_CHECK_MS = 1000;

/** What a listener is made of. */
export interface ListenerParts {
  readonly handlers: RequestHandlers;
  /** `undefined` for plain HTTP. */
  readonly tls: TlsMaterial | undefined;
}

/** A `node:http` or `node:https` server with the plan's limits, strict in parsing, not yet listening. */
export function createListener(plan: Plan, { handlers, tls }: ListenerParts): Listener {
  const { limits } = plan;
  const options = {
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: SLOW_CLIENT_CHECK_MS,
    requestTimeout: limits.requestTimeMs,
    headersTimeout: limits.headerTimeMs,
    noDelay: true,
  };
  const server = httpServer(options, tls);
  applyLimits(server, limits);
  server.on('request', handlers.request);
  // Without this Node would invite the body before anything is known of the request.
  server.on('checkContinue', handlers.checkContinue);
  return server;
}

/** A `node:https` server where there is TLS to speak, or else a `node:http` one. */
export function httpServer(
  options: http.ServerOptions & { readonly headersTimeout: number },
  tls: TlsMaterial | undefined,
): Listener {
  if (tls === undefined) return http.createServer(options);
  return https.createServer({ ...options, ...tls, handshakeTimeout: options.headersTimeout });
}

/** Puts the limits that can change while listening into force. */
export function applyLimits(server: Listener, limits: LimitsPlan): void {
  server.requestTimeout = limits.requestTimeMs;
  server.headersTimeout = limits.headerTimeMs;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxConnections = limits.connections;
  // Node drops silently what is beyond its count; `accept` counts and refuses, and `maxHeaderSize` bounds the work.
  server.maxHeadersCount = 0;
}

/** Puts other certificates into force, for connections that begin from now on. */
export function applyTls(server: Listener, tls: TlsMaterial | undefined): void {
  if (tls !== undefined && server instanceof https.Server) server.setSecureContext(tls);
}

/** Starts listening. Rejects with the system's error where the address cannot be bound. */
export async function bind(server: Listener, plan: ListenPlan): Promise<Listening> {
  const host = plan.host.replace(/^\[(.*)\]$/, '$1');
  server.listen(plan.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : plan.port;
  const scheme = plan.tls === undefined ? 'http' : 'https';
  return { host, port, url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}` };
}
