import type { JSONRPCNotification, JSONRPCResponse, Result } from '@switchyard/wire';
import type { CallPolicy } from './call/policy.ts';

/*
 * - link              a small part that a request passes through; it may change the request, answer it, or repeat it.
 * - terminating link  the last one, which brings the request to a server and the answer back.
 * - attempt           one sending of a request; links that a client is given see every attempt.
 * - address           what was dialled: the key of all that is remembered of a server.
 */

/** Params of a request, or the contents of `_meta`. */
export type Params = Readonly<Record<string, unknown>>;

/** HTTP headers by name in lower case. */
export type HeaderBag = Readonly<Record<string, string>>;

/** One request on its way through the links. A link that changes it passes on a changed copy. */
export interface LinkRequest {
  readonly method: string;
  /** Without `_meta`. */
  readonly params: Params;
  /** What `_meta` holds beside what every request says of itself. */
  readonly meta: Params;
  /** Headers beside those of the protocol. Links that are no HTTP leave them out. */
  readonly headers: HeaderBag;
  readonly signal: AbortSignal | undefined;
  /** Hears the notifications that come before the response. */
  readonly notify: ((notification: JSONRPCNotification) => void) | undefined;
  /** Whether progress is asked for. */
  readonly progress: boolean;
  /** How the call wants to be treated. */
  readonly policy: CallPolicy;
  /** Hears of every sign of life while the answer comes in. */
  readonly alive?: (() => void) | undefined;
}

/** The rest of the way. */
export type Next = (request: LinkRequest) => Promise<Result>;

/** A part that a request passes through. It holds nothing of a request once it has answered. */
export type Link = (request: LinkRequest, next: Next) => Promise<Result>;

/** A request as it goes out. */
export interface WireRequest {
  readonly id: number;
  readonly method: string;
  /** The JSON-RPC message. */
  readonly body: string;
  /** The headers of the protocol, and whatever links have added. */
  readonly headers: HeaderBag;
  readonly signal: AbortSignal | undefined;
  readonly notify: ((notification: JSONRPCNotification) => void) | undefined;
  /** Hears of every sign of life while the answer comes in, comments of a stream included. */
  readonly alive?: (() => void) | undefined;
}

/** An answer as it came in. */
export interface WireReply {
  readonly response: JSONRPCResponse;
  /** The HTTP status, where there is one. */
  readonly status?: number;
  /** What `Retry-After` said, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Brings requests to one server. It keeps connections, never sessions. */
export interface TerminatingLink {
  /** What is dialled, without credentials. */
  readonly address: string;
  readonly transport: 'http' | 'stdio';
  /**
   * Sends one request and waits for its response. Rejects with a `ClientError`: `network`, `interrupted`, `http-status`,
   * `invalid-response`, or what `abortError` makes of the signal.
   */
  send(request: WireRequest): Promise<WireReply>;
  /** Lets go of connections. Requests under way fail. */
  close?(): Promise<void>;
}

/** Headers under names in lower case; of two that differ in case alone the later one holds. */
export function lowerCased(headers: HeaderBag): HeaderBag {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Chains links in front of the last step, the first link outermost. */
export function chain(links: readonly Link[], last: Next): Next {
  return links.reduceRight<Next>((next, link) => (request) => link(request, next), last);
}
