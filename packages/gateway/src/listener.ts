import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { RequestHandlers } from './handle.ts';
import type { LimitsPlan, Plan } from './plan/plan.ts';

/** Where a gateway can be reached. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, to which a server's path is added. */
  readonly url: string;
}

/** How often Node looks for clients that are too slow; their time is exceeded by at most this. */
const SLOW_CLIENT_CHECK_MS = 1000;

/** A `node:http` server with the plan's limits, strict in parsing, not yet listening. */
export function createListener(plan: Plan, handlers: RequestHandlers): Server {
  const { limits } = plan;
  const server = createServer({
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: SLOW_CLIENT_CHECK_MS,
    requestTimeout: limits.requestTimeMs,
    headersTimeout: limits.headerTimeMs,
    noDelay: true,
  });
  applyLimits(server, limits);
  server.on('request', handlers.request);
  // Without this Node would invite the body before anything is known of the request.
  server.on('checkContinue', handlers.checkContinue);
  return server;
}

/** Puts the limits that can change while listening into force. */
export function applyLimits(server: Server, limits: LimitsPlan): void {
  server.requestTimeout = limits.requestTimeMs;
  server.headersTimeout = limits.headerTimeMs;
  server.keepAliveTimeout = limits.keepAliveMs;
  server.maxConnections = limits.connections;
  // Node drops silently what is beyond its count; `accept` counts and refuses, and `maxHeaderSize` bounds the work.
  server.maxHeadersCount = 0;
}

/** Starts listening. Rejects with the system's error where the address cannot be bound. */
export async function bind(server: Server, plan: Plan): Promise<Listening> {
  const host = plan.listen.host.replace(/^\[(.*)\]$/, '$1');
  server.listen(plan.listen.port, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : plan.listen.port;
  return { host, port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}` };
}
