/** A JSON object as a peer sent it. */
export type Json = Readonly<Record<string, unknown>>;

/** An HTTP response, read as far as it was needed. */
export interface Reply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** What `Content-Type` says, without parameters and in lower case. */
  readonly mediaType: string;
  /** The body of what is no event stream. */
  readonly text: string;
  /** Every JSON value of the body, or of the events, in order. */
  readonly messages: readonly unknown[];
}

/** A JSON-RPC error as a peer sent it. */
export interface ReplyError {
  readonly code: unknown;
  readonly message: unknown;
  readonly data: unknown;
}

/** Whether a value is an object that is no array. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a value is, or an empty one. */
export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The first message with a result or an error. */
export function responseOf({ messages }: Reply): Json | undefined {
  return messages.find((message): message is Json => isResponse(message));
}

/** Whether a message is a response. */
export function isResponse(message: unknown): message is Json {
  return isObject(message) && ('result' in message || 'error' in message);
}

/** The result, where the answer is one. */
export function resultOf(reply: Reply): Json | undefined {
  const result = responseOf(reply)?.['result'];
  return isObject(result) ? result : undefined;
}

/** The error, where the answer is one. */
export function errorOf(reply: Reply): ReplyError | undefined {
  const error = responseOf(reply)?.['error'];
  return isObject(error)
    ? { code: error['code'], message: error['message'], data: error['data'] }
    : undefined;
}

/** An answer in a few words: `HTTP 200 with a result`. */
export function describe(reply: Reply): string {
  const error = errorOf(reply);
  if (error !== undefined) {
    const message = typeof error.message === 'string' ? ` (${clip(error.message, 120)})` : '';
    return `HTTP ${reply.status} with error ${String(error.code)}${message}`;
  }
  if (resultOf(reply) !== undefined) return `HTTP ${reply.status} with a result`;
  return `HTTP ${reply.status} ${reply.text === '' && reply.messages.length === 0 ? 'with no body' : 'with nothing that is a JSON-RPC response'}`;
}

/** Text from outside, cut to a length fit for a message. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
