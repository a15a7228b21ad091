import type { JSONRPCResponse } from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import type { WireReply, WireRequest } from '../link.ts';

/** What every HTTP link can be told. */
export interface HttpLinkOptions {
  /** The most bytes of one message that is received. Against a server that never stops. @default 16777216 */
  readonly maxResponseBytes?: number;
}

/** What is read where nothing else is said. */
export const DEFAULT_MAX_RESPONSE_BYTES: number = 16 * 1024 * 1024;

/** The headers of a request: those that HTTP needs, then those of the request. */
export function httpHeaders(request: WireRequest): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...request.headers,
  };
}

/** The address of an endpoint: without credentials and fragment. Throws `TypeError` for what is no HTTP URL. */
export function addressOf(url: string | URL): string {
  const address = new URL(url);
  if (address.protocol !== 'http:' && address.protocol !== 'https:') {
    throw new TypeError(`The URL of a server must begin with http: or https:, not ${address.protocol}`);
  }
  if (address.username !== '' || address.password !== '') {
    throw new TypeError('The URL of a server must not hold credentials; put them into headers.');
  }
  address.hash = '';
  return address.href;
}

/** Whether a status is a refusal whatever its body: nobody but who holds credentials can do anything about it. */
export function isAuthStatus(status: number): boolean {
  return status === 401 || status === 403;
}

/** An HTTP response without an answer in it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of its body. */
  readonly excerpt: string;
}

/** The error for a response that holds no answer. */
export function refused({ status, headers, excerpt }: Refusal, now: number): ClientError {
  const type = headers.get('content-type') ?? 'no content type';
  if (status >= 200 && status < 300) {
    return new ClientError(
      'invalid-response',
      `The server answered HTTP ${status} with ${type}, which is no MCP answer.`,
      {
        mayHaveRun: true,
        status,
      },
    );
  }
  const retryAfterMs = retryAfter(headers.get('retry-after') ?? undefined, now);
  return new ClientError('http-status', `The server answered HTTP ${status}.`, {
    status,
    headers,
    mayHaveRun: status >= 500,
    data: { contentType: headers.get('content-type'), excerpt },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The reply that a response makes. */
export function toReply(
  response: JSONRPCResponse,
  status: number,
  retryAfterMs: number | undefined,
): WireReply {
  return retryAfterMs === undefined ? { response, status } : { response, status, retryAfterMs };
}

/** What `Retry-After` says, in milliseconds from now: a number of seconds, or a date. RFC 9110, section 10.2.3. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The headers of a response, from pairs. */
export function toHeaders(pairs: Iterable<readonly [string, string]>): Headers {
  const headers = new Headers();
  for (const [name, value] of pairs) headers.append(name, value);
  return headers;
}

/** The part of a body that an error may show. */
export const EXCERPT_BYTES = 512;
