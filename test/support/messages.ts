/** A message as a test looks at it. */
export interface Message {
  readonly jsonrpc?: string;
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export const VERSION = '2026-07-28';
export const META_VERSION = 'io.modelcontextprotocol/protocolVersion';
export const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const META_CLIENT = 'io.modelcontextprotocol/clientInfo';
const META_LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
export const META_SERVER = 'io.modelcontextprotocol/serverInfo';
export const META_SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

/** How a request differs from a plain good one. */
export interface RequestOptions {
  readonly id?: unknown;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly progressToken?: unknown;
  readonly logLevel?: unknown;
  /** Laid over the good `_meta`; `undefined` takes a key out. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Laid over the good headers; `undefined` takes a header out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Sent as bearer token. */
  readonly token?: string;
  readonly signal?: AbortSignal;
}

type Params = Readonly<Record<string, unknown>>;

/** A JSON-RPC request as a conforming client builds it. */
export function requestOf(method: string, params: Params = {}, options: RequestOptions = {}): Message {
  const _meta = defined({
    [META_VERSION]: VERSION,
    [META_CLIENT]: { name: 'test', version: '1.0.0' },
    [META_CAPABILITIES]: options.capabilities ?? {},
    progressToken: options.progressToken,
    [META_LOG_LEVEL]: options.logLevel,
    ...options.meta,
  });
  const id = 'id' in options ? options.id : 1;
  // A test may well send an id that is none.
  return { jsonrpc: '2.0', id, method, params: { ...params, _meta } } as Message;
}

/** The headers that a conforming client sends with that request. */
export function headersOf(message: Message, options: RequestOptions = {}): HeaderBag {
  const { method = '', params = {} } = message;
  const source = NAMED[method];
  const name = source === undefined ? undefined : params[source];
  return defined({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': VERSION,
    'mcp-method': method,
    'mcp-name': typeof name === 'string' ? headerText(name) : undefined,
    authorization: options.token === undefined ? undefined : `Bearer ${options.token}`,
    ...options.headers,
  });
}

/** Header values by name; several where a header is sent more than once. */
export type HeaderBag = Readonly<Record<string, string | readonly string[]>>;

/** A text as a header value, by the letter of the specification's table of encodings. */
export function headerText(text: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

function defined<T>(bag: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const kept = Object.entries(bag).filter(([, value]) => value !== undefined);
  // What was undefined is gone.
  return Object.fromEntries(kept) as Record<string, T>;
}
