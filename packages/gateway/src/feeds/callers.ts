import { HEADER, META, PROTOCOL_VERSION } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import { passedKey } from '../forward/upstream-request.ts';
import type { Message } from '../message/message.ts';
import type { LiveServer } from '../plan/live.ts';
import { isShared } from './feeds.ts';
import { LIST_KINDS, maskOf } from './kinds.ts';

/** Whether the caller takes a stream for an answer. */
export function acceptsStream({ request }: Exchange): boolean {
  // Not from `req.headers`, which would be kept for as long as the stream is.
  const { outbound } = request.head;
  const at = outbound.findIndex((name, i) => i % 2 === 0 && name === 'accept');
  return at === -1 || /text\/event-stream|text\/\*|\*\/\*/i.test(outbound[at + 1] ?? '');
}

/**
 * Whether the server could not tell the caller from any other by the request line and the header section that it would be
 * sent: then what it announces is the same for all of them. Addresses of callers (`X-Forwarded-For`) do not count.
 */
export function isLikeOthers(exchange: Exchange, server: LiveServer): boolean {
  const { head, query } = exchange.request;
  const { plan, canary } = server;
  if (!isShared(server) || plan.stdio !== undefined || canary !== undefined) return false;
  if (exchange.mirror !== undefined || query !== '' || head.version !== PROTOCOL_VERSION) return false;
  if (plan.authorization === 'pass' && (head.authorization !== undefined || head.dpop !== undefined))
    return false;
  if (
    passedKey(exchange) !== undefined ||
    head.contentLength === undefined ||
    head.contentLength > MOST_BODY_BYTES
  )
    return false;
  return acceptsStream(exchange) && head.outbound.every((name, i) => i % 2 === 1 || isCommon(name));
}

/** The kinds of lists that a `subscriptions/listen` asks for; `undefined` where it asks for anything besides. */
export function listsAlone({ request }: Message): number | undefined {
  const { notifications, _meta, ...others } = request.params ?? {};
  if (Object.keys(others).length > 0 || !isObject(notifications) || !isObject(_meta)) return undefined;
  if (!Object.keys(_meta).every((key) => COMMON_META.has(key))) return undefined;
  for (const [key, wanted] of Object.entries(notifications))
    if (typeof wanted !== 'boolean' || !LIST_KINDS.some(({ filter }) => filter === key)) return undefined;
  const mask = maskOf(notifications);
  return mask === 0 ? undefined : mask;
}

// ---

/** A filter of lists is much smaller. */
const MOST_BODY_BYTES = 16 * 1024;

/** What headers say of a message or of the program that sends it, and not of the caller. */
const COMMON: ReadonlySet<string> = new Set<string>([
  ...['accept', 'accept-encoding', 'accept-language', 'cache-control', 'pragma', 'priority', 'user-agent'],
  ...['content-type', 'content-length', 'traceparent', 'tracestate'],
  ...[HEADER.protocolVersion, HEADER.method],
]);

const COMMON_META: ReadonlySet<string> = new Set<string>([
  ...[META.protocolVersion, META.clientInfo, META.clientCapabilities],
  ...['traceparent', 'tracestate'],
]);

/** What browsers add by themselves begins with `sec-`. */
function isCommon(name: string): boolean {
  return COMMON.has(name) || name.startsWith('sec-');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
