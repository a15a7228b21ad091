import type { Exchange } from '../exchange.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Replica } from '../route/replica.ts';

/** The headers of the request to a replica, as a flat list. `Host` is the replica's own, added by undici. */
export function requestHeaders(exchange: Exchange, server: LiveServer, pseudonym: string): string[] {
  const { head } = exchange.request;
  const headers = head.outbound.slice();
  if (head.authorization !== undefined && server.plan.authorization === 'pass') {
    headers.push('authorization', head.authorization);
  }
  const via = `1.1 ${pseudonym}`;
  headers.push('via', head.via === undefined ? via : `${head.via}, ${via}`);
  const mode = exchange.live.plan.forwarded;
  if (mode !== 'drop') pushForwarded(headers, exchange, mode === 'append');
  return headers;
}

/** The request target at a replica: its own path and query, then the caller's query. */
export function targetOf(replica: Replica, query: string): string {
  const { target } = replica.plan;
  if (query === '') return target;
  return target.includes('?') ? `${target}&${query.slice(1)}` : target + query;
}

// ---

function pushForwarded(headers: string[], exchange: Exchange, append: boolean): void {
  const { head } = exchange.request;
  const address = plainAddress(exchange.req.socket.remoteAddress);
  if (address !== undefined) {
    const before = append ? head.forwardedFor : undefined;
    headers.push('x-forwarded-for', before === undefined ? address : `${before}, ${address}`);
  }
  headers.push('x-forwarded-host', (append ? head.forwardedHost : undefined) ?? head.host ?? '');
  headers.push('x-forwarded-proto', (append ? head.forwardedProto : undefined) ?? 'http');
}

const MAPPED = '::ffff:';

/** An IPv4 address that arrived on a dual-stack socket, without its IPv6 clothes. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) === true ? address.slice(MAPPED.length) : address;
}
