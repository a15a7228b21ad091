import {
  type ErrorObject,
  isErrorResponse,
  parseMessage,
  type RequestId,
  type Result,
} from '@switchyard/wire';
import type { UpstreamHeaders } from '../forward/response-headers.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { UpstreamReply } from '../upstream/call.ts';
import { type EventTexts, eventTexts } from './event-texts.ts';

/** What a server said to a request, understood. */
export type Said = SaidResult | SaidError;

/** A result, as the server gave it. */
export interface SaidResult {
  readonly kind: 'result';
  readonly result: Result;
  /** The texts of the notifications that came before it (progress, log messages), in order. */
  readonly notifications: readonly string[];
}

/** An error, as the server gave it. */
export interface SaidError {
  readonly kind: 'error';
  /** The HTTP status it came with. */
  readonly status: number;
  readonly error: ErrorObject;
  /** What of the response's headers says more of the error (`WWW-Authenticate`, `Retry-After`), as a flat list. */
  readonly headers: readonly string[];
}

/**
 * Understands a whole response to the request of that id: one JSON-RPC response, or a stream of server-sent events that
 * ends in one. Nothing is let through that has not been understood, whatever its status: a view has to have seen it.
 */
export function readReply(reply: UpstreamReply, id: RequestId): Said | Refusal {
  const encoding = reply.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return invalid('The server compressed its answer');
  const texts = isEventStream(reply.headers) ? eventTexts(reply.body) : { before: [], last: reply.body };
  const said = texts === undefined ? undefined : understand(texts, { reply, id });
  if (said !== undefined) return said;
  if (reply.status >= 400) return bareError(reply);
  return invalid('The server answered with something that is not a JSON-RPC response to the request');
}

/** Tells what a server said from the gateway's own refusal to ask or to listen. */
export function isSaid(answer: Said | Refusal): answer is Said {
  return 'kind' in answer;
}

// ---

function understand(
  { before, last }: EventTexts,
  { reply, id }: { readonly reply: UpstreamReply; readonly id: RequestId },
): Said | undefined {
  const outcome = parseMessage(last, { maxBytes: reply.body.byteLength });
  if (outcome.kind !== 'response') return undefined;
  const { message } = outcome;
  if (isErrorResponse(message)) {
    if (message.id !== undefined && message.id !== id) return undefined;
    return { kind: 'error', status: reply.status, error: message.error, headers: telling(reply.headers) };
  }
  if (message.id !== id || reply.status !== 200) return undefined;
  return { kind: 'result', result: message.result, notifications: before };
}

/** An error whose body says nothing that may be passed on: proxies and login walls answer in HTML. */
function bareError({ status, headers }: UpstreamReply): SaidError {
  const error = {
    code: STATUS_CODE_BASE * status,
    message: `The server answered with HTTP status ${status}`,
  };
  return { kind: 'error', status, error, headers: telling(headers) };
}

/** 401 becomes 40100: above 0, outside the range that JSON-RPC reserves, like the gateway's own codes. */
const STATUS_CODE_BASE = 100;

const TELLING = ['www-authenticate', 'retry-after'] as const;

function telling(headers: UpstreamHeaders): string[] {
  const flat: string[] = [];
  for (const name of TELLING) {
    const value = headers[name];
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) flat.push(name, one);
  }
  return flat;
}

function isEventStream(headers: UpstreamHeaders): boolean {
  const type = headers['content-type'];
  return typeof type === 'string' && /^text\/event-stream[ \t]*(;|$)/i.test(type);
}

function invalid(message: string): Refusal {
  return refuse('upstream-invalid', { message });
}
