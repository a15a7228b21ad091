import type { Exchange } from '../exchange.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Replica } from '../route/replica.ts';

/** The headers of the request to a replica, as a flat list. `Host` is the replica's own, added by undici. */
export function requestHeaders(exchange: Exchange, server: LiveServer, pseudonym: string): string[] {
  const { head } = exchange.request;
  const headers = exchange.traceHeaders === undefined ? head.outbound.slice() : retraced(exchange);
  if (passesCredentials(exchange, server)) {
    if (head.authorization !== undefined) headers.push('authorization', head.authorization);
    if (head.dpop !== undefined) headers.push('dpop', head.dpop);
  }
  const key = passedKey(exchange);
  if (key !== undefined) headers.push('x-api-key', key);
  const via = `1.1 ${pseudonym}`;
  headers.push('via', head.via === undefined ? via : `${head.via}, ${via}`);
  const mode = exchange.live.plan.forwarded;
  if (mode !== 'drop') pushForwarded(headers, exchange, mode === 'append');
  return headers;
}

/**
 * The caller's `X-API-Key` where it is the server's business: where the gateway has no keys of its own, and on the server's
 * own path. On a federated path nothing says whose key it is, and all members would get it.
 */
export function passedKey({ request, live }: Exchange): string | undefined {
  if (live.plan.identify?.keys !== undefined || request.door.server === undefined) return undefined;
  return request.head.apiKey;
}

/** The request target at a replica: its own path and query, then the caller's query. */
export function targetOf(replica: Replica, query: string): string {
  const { target } = replica.plan;
  if (query === '') return target;
  return target.includes('?') ? `${target}&${query.slice(1)}` : target + query;
}

// ---

/**
 * Whether the caller's credentials go on to the server: on its own path, where the plan says so, and where the gateway has
 * identified the caller only if that was by a token, which was then issued for this very server.
 */
function passesCredentials({ live, caller, request }: Exchange, server: LiveServer): boolean {
  if (server.plan.authorization !== 'pass' || request.door.server !== server) return false;
  return live.plan.identify === undefined || caller.by === 'token';
}

/** The caller's headers with the gateway's own span in the place of the caller's. */
function retraced({ request, traceHeaders = [] }: Exchange): string[] {
  const { outbound } = request.head;
  const headers: string[] = [];
  for (let i = 0; i + 1 < outbound.length; i += 2) {
    const name = outbound[i] ?? '';
    if (name !== 'traceparent' && name !== 'tracestate') headers.push(name, outbound[i + 1] ?? '');
  }
  headers.push(...traceHeaders);
  return headers;
}

function pushForwarded(headers: string[], exchange: Exchange, append: boolean): void {
  const { head } = exchange.request;
  const address = plainAddress(exchange.req.socket.remoteAddress);
  if (address !== undefined) {
    const before = append ? head.forwardedFor : undefined;
    headers.push('x-forwarded-for', before === undefined ? address : `${before}, ${address}`);
  }
  headers.push('x-forwarded-host', (append ? head.forwardedHost : undefined) ?? head.host ?? '');
  headers.push(
    'x-forwarded-proto',
    (append ? head.forwardedProto : undefined) ??
      (exchange.live.plan.listen.tls === undefined ? 'http' : 'https'),
  );
}

const MAPPED = '::ffff:';

/** An IPv4 address that arrived on a dual-stack socket, without its IPv6 clothes. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) === true ? address.slice(MAPPED.length) : address;
}
