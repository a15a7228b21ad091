import { type Rejection, reject } from './errors.ts';
import type { RequestId } from './types/common.ts';
import type {
  ErrorObject,
  JSONRPCErrorResponse,
  JSONRPCNotification,
  JSONRPCRequest,
  JSONRPCResponse,
  JSONRPCResultResponse,
  Result,
} from './types/jsonrpc.ts';
import { findUnsafe, isObject } from './walk.ts';

/** Bounds on a message. */
export interface ParseLimits {
  /** The most bytes of UTF-8 a message may have. Against memory exhaustion. @default 4194304 */
  maxBytes: number;
  /** How deep objects and arrays may nest, the message itself being 1. Against stack exhaustion further in. @default 64 */
  maxDepth: number;
  /** The most UTF-16 units of a text id; ids are repeated on every message of a stream. @default 1024 */
  maxIdLength: number;
}

/** The bounds that apply where a caller gives none. */
export const DEFAULT_PARSE_LIMITS: Readonly<ParseLimits> = Object.freeze({
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxIdLength: 1024,
});

/** What a text turned out to be. `id` is there when a refused request's id could be read. */
export type ParseOutcome =
  | { kind: 'request'; message: JSONRPCRequest }
  | { kind: 'notification'; message: JSONRPCNotification }
  | { kind: 'response'; message: JSONRPCResponse }
  | { kind: 'error'; rejection: Rejection; id?: RequestId };

/**
 * Reads one JSON-RPC message; never throws. Refuses what is not UTF-8 or JSON (−32700), and (−32600) batches, ids that are
 * not text or safe integers, `params` that are not an object, `__proto__` members, `constructor` members that hold a
 * `prototype`, and whatever is beyond `limits`. Of duplicate members the last one counts, as in `JSON.parse`; see
 * `parseMessageStrict`. Spec: basic/index#messages.
 */
export function parseMessage(input: string | Uint8Array, limits?: Partial<ParseLimits>): ParseOutcome {
  const text = toText(input, limits?.maxBytes ?? DEFAULT_PARSE_LIMITS.maxBytes);
  if (typeof text !== 'string') return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(reject('ParseError', 'Parse error: the body is not valid JSON'));
  }
  return checkParsed(value, limits);
}

/** As `parseMessage`, for a value that something else has parsed already; `maxBytes` does not apply. */
export function checkParsed(value: unknown, limits?: Partial<ParseLimits>): ParseOutcome {
  if (!isObject(value)) {
    const found = Array.isArray(value) ? 'a batch; send each message by itself' : 'not a JSON object';
    return invalid(`The message is ${found}`);
  }
  const { id } = value;
  const idFault =
    id === undefined ? undefined : faultOfId(id, limits?.maxIdLength ?? DEFAULT_PARSE_LIMITS.maxIdLength);
  const readable = idFault === undefined ? (id as RequestId | undefined) : undefined; // faultOfId has looked
  const unsafe = findUnsafe(value, limits?.maxDepth ?? DEFAULT_PARSE_LIMITS.maxDepth);
  if (unsafe !== undefined) return invalid(unsafe, readable);
  if (value['jsonrpc'] !== '2.0') return invalid('jsonrpc must be "2.0"', readable);
  if ('method' in value) return idFault === undefined ? checkCall(value, readable) : invalid(idFault);
  return checkResponse(value, idFault);
}

/** The text of a response whose result is JSON already: ready-made bytes are spliced in, not stringified again. */
export function resultMessage(id: RequestId, resultJson: string): string {
  return `{"jsonrpc":"2.0","id":${idJson(id)},"result":${resultJson}}`;
}

/** The text of an error response; without an id where the request's could not be read. Spec: basic/index#error-responses. */
export function errorMessage(
  id: RequestId | undefined,
  rejection: Pick<Rejection, 'code' | 'message' | 'data'>,
): string {
  const data = rejection.data === undefined ? '' : `,"data":${JSON.stringify(rejection.data) ?? 'null'}`;
  const error = `{"code":${rejection.code},"message":${JSON.stringify(rejection.message)}${data}}`;
  return `{"jsonrpc":"2.0",${id === undefined ? '' : `"id":${idJson(id)},`}"error":${error}}`;
}

/** The text of a notification. Throws TypeError for params that JSON cannot carry. */
export function notificationMessage(method: string, params?: object): string {
  const tail = params === undefined ? '' : `,"params":${JSON.stringify(params)}`;
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${tail}}`;
}

/** The text of a request. Throws TypeError for params that JSON cannot carry. */
export function requestMessage(id: RequestId, method: string, params?: object): string {
  const tail = params === undefined ? '' : `,"params":${JSON.stringify(params)}`;
  return `{"jsonrpc":"2.0","id":${idJson(id)},"method":${JSON.stringify(method)}${tail}}`;
}

/** Whether the response is an error response. */
export function isErrorResponse(response: JSONRPCResponse): response is JSONRPCErrorResponse {
  return 'error' in response;
}

// A byte order mark is kept and so refused by JSON.parse: two readers of the same bytes must not differ over it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

type Refusal = Extract<ParseOutcome, { kind: 'error' }>;

/** The text of the input, or the refusal of one that is too large or not UTF-8. */
export function toText(input: string | Uint8Array, maxBytes: number): string | Refusal {
  if (typeof input === 'string') return isWithin(input, maxBytes) ? input : tooLarge(maxBytes);
  if (input.byteLength > maxBytes) return tooLarge(maxBytes);
  try {
    return utf8.decode(input);
  } catch {
    return refuse(reject('ParseError', 'Parse error: the body is not valid UTF-8'));
  }
}

function isWithin(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return true;
  return text.length <= maxBytes && new TextEncoder().encode(text).byteLength <= maxBytes;
}

function checkCall(value: Record<string, unknown>, id: RequestId | undefined): ParseOutcome {
  const { method, params } = value;
  if (typeof method !== 'string') return invalid('method must be a string', id);
  if ('result' in value || 'error' in value)
    return invalid('A message has either a method or a result or error', id);
  if (params !== undefined && !isObject(params)) return invalid('params must be an object', id);
  if (id === undefined) {
    // Each member was checked above.
    return { kind: 'notification', message: value as unknown as JSONRPCNotification };
  }
  return { kind: 'request', message: value as unknown as JSONRPCRequest }; // each member was checked above
}

function checkResponse(value: Record<string, unknown>, idFault: string | undefined): ParseOutcome {
  const { id, result, error } = value;
  if ('result' in value && 'error' in value) return invalid('A response has either a result or an error');
  if ('error' in value) {
    // JSON-RPC has a null id where the request's could not be read; this revision leaves it out.
    if (idFault !== undefined && id !== null) return invalid(idFault);
    if (!isErrorObject(error)) return invalid('error must hold an integer code and a message');
    const message: JSONRPCErrorResponse = { jsonrpc: '2.0', error };
    if (id !== undefined && id !== null) message.id = id as RequestId; // faultOfId has looked
    return { kind: 'response', message };
  }
  if (!('result' in value)) return invalid('A message has a method, a result or an error');
  if (id === undefined || idFault !== undefined) return invalid(idFault ?? 'A result needs an id');
  if (!isObject(result)) return invalid('result must be an object');
  const message: JSONRPCResultResponse = { jsonrpc: '2.0', id: id as RequestId, result: result as Result }; // checked
  return { kind: 'response', message };
}

function isErrorObject(error: unknown): error is ErrorObject {
  return isObject(error) && Number.isSafeInteger(error['code']) && typeof error['message'] === 'string';
}

function faultOfId(id: unknown, maxLength: number): string | undefined {
  if (typeof id === 'string') return id.length <= maxLength ? undefined : `id is longer than ${maxLength}`;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return undefined;
  return 'id must be a string or an integer that is safe in JavaScript';
}

function idJson(id: RequestId): string {
  return typeof id === 'number' ? String(id) : JSON.stringify(id);
}

function tooLarge(maxBytes: number): Refusal {
  return refuse({ ...reject('InvalidRequest', `The message is larger than ${maxBytes} bytes`), status: 413 });
}

function invalid(message: string, id?: RequestId): Refusal {
  return refuse(reject('InvalidRequest', `Invalid request: ${message}`), id);
}

function refuse(rejection: Rejection, id?: RequestId): Refusal {
  return id === undefined ? { kind: 'error', rejection } : { kind: 'error', rejection, id };
}
