import { encodeHeaderValue, HEADER } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import { requestHeaders } from '../forward/upstream-request.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Crossing } from './rewrite.ts';

/** What the headers of a rewritten request are made of. */
export interface MemberHeaderParts {
  readonly pseudonym: string;
  readonly crossing: Crossing;
  readonly body: Buffer;
}

/** The headers of a rewritten request: the caller's, but with the server's own name, and nothing that asks for compression. */
export function memberHeaders(exchange: Exchange, server: LiveServer, parts: MemberHeaderParts): string[] {
  const { pseudonym, crossing, body } = parts;
  const headers: string[] = ['content-length', String(body.byteLength)];
  const all = requestHeaders(exchange, server, pseudonym);
  for (let i = 0; i + 1 < all.length; i += 2) {
    const name = all[i] ?? '';
    if (name === 'content-length' || isNegotiation(name)) continue;
    // Without a name of the federation the header means nothing here, and goes on as it came.
    const restamped = name === HEADER.name && exchange.request.name !== undefined;
    headers.push(name, restamped ? encodeHeaderValue(crossing.name) : (all[i + 1] ?? ''));
  }
  return headers;
}

// ---

function isNegotiation(name: string): boolean {
  return name === 'accept-encoding' || name === 'range' || name.startsWith('if-');
}
