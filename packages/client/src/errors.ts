import type { ErrorObject } from '@switchyard/wire';

/** What a code of `ClientError` stands for. */
export interface ClientErrorInfo {
  /** When it is thrown, for the reference page. */
  readonly meaning: string;
  /** Whether the same call may do better later. */
  readonly retryable: boolean;
}

/** Every error that arises on this side, by code. What the server itself answers is a `ProtocolError`. */
export const CLIENT_ERRORS: Readonly<Record<ClientErrorCode, ClientErrorInfo>> = Object.freeze({
  aborted: row('The signal of the call was aborted.'),
  closed: row('The client is closed.'),
  timeout: row('No answer came within the time limit; the request was cancelled.', true),
  network: row('The server could not be reached, or the connection failed before an answer began.', true),
  interrupted: row(
    'The answer broke off before it was complete; the request may have been carried out.',
    true,
  ),
  'http-status': row('The server refused over HTTP without a JSON-RPC answer, or with 401 or 403.'),
  'invalid-response': row('What came back is not an answer that the revision allows.'),
  'unsupported-version': row('The server speaks no revision that this client speaks.'),
  'legacy-server': row('The server speaks only revisions that begin with `initialize`.'),
  'invalid-tool': row(
    'The definition of the tool breaks the rules of x-mcp-header, so that it cannot be called.',
  ),
  'too-many-rounds': row('The server kept asking for input beyond the limit.'),
  'input-unsupported': row('The server asked for input that no handler can give.'),
  'invalid-input': row('An answer to an input request does not fit what was asked.'),
  'already-resumed': row('A pending call was resumed before: it can be only once.'),
  'task-cancelled': row('The task that the call became was cancelled, here or by somebody else.'),
  'task-expired': row('The task that the call became has outlived the time that it is kept for.'),
  'wrong-server': row(
    'A pending call or a task belongs to another server than the one it was to be resumed at.',
  ),
});

/** The codes of `ClientError`. */
export type ClientErrorCode =
  | 'aborted'
  | 'closed'
  | 'timeout'
  | 'network'
  | 'interrupted'
  | 'http-status'
  | 'invalid-response'
  | 'unsupported-version'
  | 'legacy-server'
  | 'invalid-tool'
  | 'too-many-rounds'
  | 'input-unsupported'
  | 'invalid-input'
  | 'already-resumed'
  | 'task-cancelled'
  | 'task-expired'
  | 'wrong-server';

/** What is known beside the code of an error. */
export interface ClientErrorDetails {
  readonly cause?: unknown;
  /** Whether the request may have been carried out, in this attempt or an earlier one. @default false */
  readonly mayHaveRun?: boolean;
  /** The HTTP status, where there was one. */
  readonly status?: number | undefined;
  /** The headers of the HTTP response, where they matter: a challenge of 401 is among them. */
  readonly headers?: Headers | undefined;
  /** After how many milliseconds the server wants to be asked again. */
  readonly retryAfterMs?: number | undefined;
  /** What was seen or found wrong, as data. */
  readonly data?: unknown;
}

/** A call failed on this side of the wire, or on it. `code` says how; `CLIENT_ERRORS` describes each. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly mayHaveRun: boolean;
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly retryAfterMs: number | undefined;
  readonly data: unknown;

  constructor(code: ClientErrorCode, message: string, details: ClientErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ClientError';
    this.code = code;
    this.mayHaveRun = details.mayHaveRun ?? false;
    this.status = details.status;
    this.headers = details.headers;
    this.retryAfterMs = details.retryAfterMs;
    this.data = details.data;
  }
}

/** The server answered with an error. Its text and data are the server's: show them, never trust them. Spec: basic/index#error-responses. */
export class ProtocolError extends Error {
  readonly code: number;
  readonly data: unknown;
  /** The HTTP status it came with. */
  readonly status: number | undefined;
  /** After how many milliseconds the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** Whether an earlier attempt of the same call, which broke off, may have been carried out. */
  readonly earlierMayHaveRun: boolean;

  constructor(
    error: ErrorObject,
    context: {
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly earlierMayHaveRun?: boolean;
    } = {},
  ) {
    super(error.message);
    this.name = 'ProtocolError';
    this.code = error.code;
    this.data = error.data;
    this.status = context.status;
    this.retryAfterMs = context.retryAfterMs;
    this.earlierMayHaveRun = context.earlierMayHaveRun ?? false;
  }
}

/** An error of an attempt, where an earlier attempt of the same call may have been carried out. */
export function withEarlierRun(error: unknown): unknown {
  if (error instanceof ProtocolError) {
    const { code, message, data, status, retryAfterMs } = error;
    return new ProtocolError({ code, message, data }, { status, retryAfterMs, earlierMayHaveRun: true });
  }
  if (!(error instanceof ClientError) || error.mayHaveRun) return error;
  const { code, message, cause, status, headers, retryAfterMs, data } = error;
  return new ClientError(code, message, { cause, mayHaveRun: true, status, headers, retryAfterMs, data });
}

/** The error that an aborted signal stands for: its reason where that is a `ClientError` already. */
export function abortError(signal: AbortSignal, mayHaveRun: boolean): ClientError {
  const reason: unknown = signal.reason;
  if (reason instanceof ClientError) return reason;
  return new ClientError('aborted', 'The call was aborted.', { cause: reason, mayHaveRun });
}

/** Whether an error says only that the server could not answer, and nothing of the request or of who made it. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ProtocolError) return (error.status ?? 0) >= 500;
  if (!(error instanceof ClientError)) return false;
  if (error.code === 'http-status') return (error.status ?? 0) >= 500 || error.status === 429;
  return error.code === 'network' || error.code === 'interrupted' || error.code === 'timeout';
}

function row(meaning: string, retryable = false): ClientErrorInfo {
  return Object.freeze({ meaning, retryable });
}
