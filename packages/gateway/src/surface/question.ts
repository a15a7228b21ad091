import { encodeHeaderValue, HEADER, META, type RequestId, requestMessage } from '@switchyard/wire';
import { nameSourceOf } from '../accept/name-source.ts';
import type { Exchange } from '../exchange.ts';
import { requestHeaders } from '../forward/upstream-request.ts';
import type { Message } from '../message/message.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Replica } from '../route/replica.ts';

/** A request to one server whose answer the gateway reads. */
export interface Question {
  /** The exchange that it is asked for: whose headers and credentials it carries. */
  readonly exchange: Exchange;
  readonly server: LiveServer;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly id: RequestId;
  /** As a flat list. */
  readonly headers: readonly string[];
  /** Says what `method`, `params` and `id` say. */
  readonly body: Buffer;
  /** The query to add to the replica's own, with its `?`, or empty. */
  readonly query: string;
  /** The replica to begin with, where `route` has chosen one for it. */
  readonly replica: Replica | undefined;
  /** Aborted where nobody wants the answer any more; it then never comes. */
  readonly signal?: AbortSignal | undefined;
}

/** What makes a question of an exchange. */
export interface QuestionParts {
  readonly exchange: Exchange;
  readonly server: LiveServer;
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  readonly signal?: AbortSignal | undefined;
}

/** The caller's own request as a question: the same bytes, the same headers as forwarding makes them. */
export function callersQuestion({ request }: Message, parts: QuestionParts): Question {
  const { exchange, server, pseudonym, signal } = parts;
  const { bytes } = exchange;
  if (bytes === undefined) throw new TypeError('the message of the exchange has not been read');
  const { method, params = {}, id } = request;
  const headers = without(requestHeaders(exchange, server, pseudonym), isNegotiation);
  const { query } = exchange.request;
  return {
    exchange,
    server,
    method,
    params,
    id,
    headers,
    body: bytes,
    query,
    replica: exchange.replica,
    signal,
  };
}

/** A request of the gateway's own. */
export interface OwnRequest {
  readonly method: string;
  /** Without `_meta`, which is made of the caller's. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The caller's message, where it has been read: the server is told of the same client and its capabilities. */
  readonly message?: Message;
}

/** A request of the gateway's own, in the name of an exchange: its credentials, and none of what belongs to its message. */
export function ownQuestion(request: OwnRequest, parts: QuestionParts): Question {
  const { exchange, server, pseudonym, signal } = parts;
  const { method } = request;
  const params = { ...request.params, _meta: metaFor(exchange, request.message) };
  const body = Buffer.from(requestMessage(OWN_ID, method, params));
  const source = nameSourceOf(method);
  const name = source === undefined ? undefined : params[source as keyof typeof params];
  const headers = without(requestHeaders(exchange, server, pseudonym), isOfMessage);
  headers.push('content-type', 'application/json', 'content-length', String(body.byteLength));
  headers.push(HEADER.method, method);
  if (typeof name === 'string') headers.push(HEADER.name, encodeHeaderValue(name));
  return {
    exchange,
    server,
    method,
    params,
    id: OWN_ID,
    headers,
    body,
    query: '',
    replica: undefined,
    signal,
  };
}

// ---

/** Every question is answered on a request of its own: ids need not differ. */
const OWN_ID = 1;

function metaFor(exchange: Exchange, message: Message | undefined): Readonly<Record<string, unknown>> {
  const meta = message?.request.params?.['_meta'];
  // The envelope of the message has been read: `_meta` is an object.
  const { progressToken: _, ...rest } = (meta ?? {}) as Record<string, unknown>;
  return { [META.protocolVersion]: exchange.request.head.version, [META.clientCapabilities]: {}, ...rest };
}

/** The gateway has to read the answer, so no compression is asked for. */
function isNegotiation(name: string): boolean {
  return name === 'accept-encoding' || name === 'range' || name.startsWith('if-');
}

/** What says what the caller's message is, and not who sends it. */
function isOfMessage(name: string): boolean {
  if (name === HEADER.method || name === HEADER.name || name.startsWith(HEADER.paramPrefix)) return true;
  return name === 'content-type' || name === 'content-length' || isNegotiation(name);
}

function without(flat: readonly string[], dropped: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    if (!dropped(name)) kept.push(name, flat[i + 1] ?? '');
  }
  return kept;
}
