import type { JSONRPCResponse } from '@switchyard/wire';
import { systemEnvironment } from '../environment.ts';
import { abortError, ClientError } from '../errors.ts';
import type { TerminatingLink, WireReply, WireRequest } from '../link.ts';
import type { HttpLinkOptions } from './http-reply.ts';
import {
  addressOf,
  DEFAULT_MAX_RESPONSE_BYTES,
  EXCERPT_BYTES,
  httpHeaders,
  isAuthStatus,
  refused,
  retryAfter,
  toReply,
} from './http-reply.ts';
import type { ReplyReader } from './reply-reader.ts';
import { replyReader } from './reply-reader.ts';

/** How a fetch link is set up. */
export interface FetchLinkOptions extends HttpLinkOptions {
  /** The endpoint. */
  readonly url: string | URL;
  /** What sends requests. @default globalThis.fetch */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * Sends every request as one POST through `fetch`: for browsers, Workers, Deno and Bun. Redirects are not followed: they
 * would carry headers elsewhere. Throws `TypeError` for a URL that is not http or https. Spec: basic/transports/streamable-http.
 */
export function fetchLink(options: FetchLinkOptions): TerminatingLink {
  const address = addressOf(options.url);
  const send = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const maxBytes = options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
  const underway = new Set<AbortController>();
  const sender: Sender = { address, send, maxBytes, underway, closed: false };
  return {
    address,
    transport: 'http',
    send: (request) => exchange(request, sender),
    close: async () => {
      sender.closed = true;
      for (const one of underway) one.abort(closedError(true));
    },
  };
}

/** A fetch link to a server of the same process: `inProcessLink(server.fetch)`. `url` is what the server believes it is called by. */
export function inProcessLink(
  fetch: (request: Request) => Promise<Response>,
  url: string | URL = 'http://localhost/mcp',
): TerminatingLink {
  return fetchLink({ url, fetch });
}

interface Sender {
  readonly address: string;
  readonly send: (request: Request) => Promise<Response>;
  readonly maxBytes: number;
  /** What ends each request that is under way. A set: a signal for all would grow with their listeners. */
  readonly underway: Set<AbortController>;
  closed: boolean;
}

async function exchange(request: WireRequest, sender: Sender): Promise<WireReply> {
  const { signal } = request;
  if (signal?.aborted === true) throw abortError(signal, false);
  if (sender.closed) throw closedError(false);
  const leaving = new AbortController();
  const leave = (): void => leaving.abort(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  sender.underway.add(leaving);
  try {
    const bound = { ...request, signal: leaving.signal };
    return await read(bound, await post(bound, sender), sender.maxBytes);
  } finally {
    signal?.removeEventListener('abort', leave);
    sender.underway.delete(leaving);
  }
}

function closedError(mayHaveRun: boolean): ClientError {
  return new ClientError('closed', 'The client is closed.', { mayHaveRun });
}

/** A request that ends with its caller's wish or with the link. */
type Bound = WireRequest & { readonly signal: AbortSignal };

async function post(request: Bound, sender: Sender): Promise<Response> {
  try {
    return await sender.send(
      new Request(sender.address, {
        method: 'POST',
        headers: httpHeaders(request),
        body: request.body,
        redirect: 'manual',
        signal: request.signal,
      }),
    );
  } catch (cause) {
    if (request.signal.aborted) throw abortError(request.signal, true);
    // fetch does not say how far the request came.
    throw new ClientError('network', 'The server could not be reached.', { cause, mayHaveRun: true });
  }
}

async function read(request: Bound, response: Response, maxBytes: number): Promise<WireReply> {
  const { status, headers } = response;
  const reader = isAuthStatus(status)
    ? undefined
    : replyReader(headers.get('content-type') ?? undefined, {
        id: request.id,
        notify: request.notify,
        maxBytes,
      });
  const waitMs = retryAfter(headers.get('retry-after') ?? undefined, systemEnvironment.now());
  try {
    if (reader === undefined)
      throw refused({ status, headers, excerpt: await excerptOf(response) }, systemEnvironment.now());
    return toReply(await drain(request, response, reader), status, waitMs);
  } catch (cause) {
    if (request.signal.aborted) throw abortError(request.signal, true);
    if (!(cause instanceof ClientError))
      throw new ClientError('interrupted', 'The answer broke off.', { cause, mayHaveRun: true });
    if (status < 400 || cause.code !== 'invalid-response') throw cause;
    throw refused({ status, headers, excerpt: cause.message }, systemEnvironment.now());
  }
}

/** Reads until the response is there, and leaves the rest. */
async function drain(request: Bound, response: Response, reader: ReplyReader): Promise<JSONRPCResponse> {
  if (response.body === null) return reader.end();
  const body = response.body.getReader();
  // A server of the same process does not see the signal of the request in its response.
  const leave = (): void => void body.cancel().catch(() => undefined);
  request.signal.addEventListener('abort', leave, { once: true });
  try {
    for (let part = await body.read(); !part.done; part = await body.read()) {
      request.alive?.();
      const answer = reader.push(part.value);
      if (answer !== undefined) return answer;
    }
    return reader.end();
  } finally {
    request.signal.removeEventListener('abort', leave);
    // Nothing is lost where it fails: the answer is read, or has failed already.
    leave();
  }
}

async function excerptOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const body = response.body.getReader();
  const { value } = await body.read();
  body.cancel().catch(() => undefined);
  return new TextDecoder().decode(value?.subarray(0, EXCERPT_BYTES));
}
