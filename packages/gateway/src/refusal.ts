import { ERRORS, PROTOCOL_VERSION, type Rejection, reject, rejectUnsupportedVersion } from '@switchyard/wire';

/** A request that goes no further: what to answer, and whether its id may be read from the body for the answer. */
export interface Refusal {
  /** A stable word for logs and for `error.data.reason`. */
  readonly reason: RefusalReason;
  readonly rejection: Rejection;
  /** Flat list of name, value, … to add to the response. */
  readonly headers: readonly string[];
  /**
   * Whether the answer repeats the id of the request. Not where the caller is not to be listened to at all (wrong host,
   * wrong origin) or where nothing says that the body is JSON-RPC.
   */
  readonly echoId: boolean;
}

/** Why the gateway itself answered a request. */
export type RefusalReason = SpecifiedReason | OwnReason;

/** The reasons whose answers have the form that the specification gives them. */
export type SpecifiedReason = 'header-mismatch' | 'unsupported-version' | 'invalid-message' | 'unknown-name';

/** The reasons whose answers have the gateway's form. */
export type OwnReason =
  | 'bad-request'
  | 'host-not-allowed'
  | 'origin-not-allowed'
  | 'no-such-path'
  | 'method-not-allowed'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'headers-too-large'
  | 'loop'
  | 'unauthorized'
  | 'insufficient-scope'
  | 'identity-unavailable'
  | 'quota-exceeded'
  | 'quota-unavailable'
  | 'not-permitted'
  | 'bad-arguments'
  | 'internal-error'
  | 'overloaded'
  | 'draining'
  | 'audit-unavailable'
  | 'pins-unavailable'
  | 'no-replica'
  | 'circuit-open'
  | 'credentials-unavailable'
  | 'caller-token-needed'
  | 'caller-not-admitted'
  | 'upstream-unauthorized'
  | 'upstream-lost'
  | 'upstream-invalid'
  | 'upstream-timeout';

/** A row of the table of the gateway's own answers. */
export interface RefusalInfo {
  readonly status: number;
  /** JSON-RPC error code. The gateway's own are above 0, outside the range that JSON-RPC reserves. */
  readonly code: number;
  readonly message: string;
  /** Whether the request may have reached a server; a caller must not blindly repeat it then. */
  readonly mayHaveRun: boolean;
  /** Seconds for `Retry-After`; absent where the same request would be refused again. */
  readonly retryAfter?: number;
  readonly echoId?: boolean;
}

const INVALID_REQUEST = ERRORS.InvalidRequest.code;
const HEADER_MISMATCH = ERRORS.HeaderMismatch.code;
const UNSUPPORTED_VERSION = ERRORS.UnsupportedProtocolVersion.code;

/**
 * Every answer that the gateway gives by itself. A caller tells them from a server's answers by
 * `error.data.source`, which is `"gateway"` (except for the reasons whose answers the specification defines).
 * Spec: basic/index#error-codes.
 */
export const REFUSALS: Readonly<Record<RefusalReason, RefusalInfo>> = {
  'bad-request': refused(400, INVALID_REQUEST, 'The request cannot be understood'),
  'host-not-allowed': refused(403, INVALID_REQUEST, 'This Host is not served here'),
  'origin-not-allowed': refused(403, INVALID_REQUEST, 'This Origin may not call the gateway'),
  'no-such-path': refused(404, INVALID_REQUEST, 'There is no MCP server at this path'),
  'method-not-allowed': refused(405, INVALID_REQUEST, 'Only POST is served here'),
  'body-too-large': refused(413, INVALID_REQUEST, 'The request body is larger than this gateway admits'),
  'unsupported-media-type': refused(415, INVALID_REQUEST, 'The body must be application/json, not encoded'),
  'headers-too-large': refused(431, INVALID_REQUEST, 'The request has more headers than this gateway admits'),
  loop: refused(508, INVALID_REQUEST, 'The request has already passed through this gateway'),
  unauthorized: refused(401, 40101, 'The request needs credentials that this path accepts'),
  'insufficient-scope': {
    ...refused(403, 40301, 'The credentials do not permit this request'),
    echoId: true,
  },
  'identity-unavailable': {
    ...passing(503, 50310, 'Who sends the request cannot be established at the moment; it was not sent on'),
    echoId: false,
  },
  'quota-exceeded': { ...refused(429, 42901, 'A quota is used up'), echoId: true },
  'quota-unavailable': passing(
    503,
    50311,
    'Quotas cannot be counted at the moment; the request was not sent on',
  ),
  'header-mismatch': {
    ...refused(400, HEADER_MISMATCH, 'A required header is missing or malformed'),
    echoId: true,
  },
  'unsupported-version': {
    ...refused(400, UNSUPPORTED_VERSION, 'Unsupported protocol version'),
    echoId: true,
  },
  'invalid-message': {
    ...refused(400, INVALID_REQUEST, 'The body is not one request that can be understood in one way'),
    echoId: true,
  },
  'unknown-name': {
    ...refused(200, ERRORS.InvalidParams.code, 'There is no such tool, prompt or resource, for this caller'),
    echoId: true,
  },
  'bad-arguments': {
    ...refused(
      400,
      ERRORS.InvalidParams.code,
      'The parameters cannot be judged: they are not of the form that the method has',
    ),
    echoId: true,
  },
  'not-permitted': { ...refused(403, 40301, 'This caller may not use this method here'), echoId: true },
  'internal-error': { ...refused(500, ERRORS.InternalError.code, 'The gateway failed'), echoId: true },
  overloaded: passing(503, 50301, 'The gateway has too many requests in progress; this one was not sent on'),
  draining: passing(503, 50302, 'The gateway is closing; the request was not sent on'),
  'audit-unavailable': passing(503, 50312, 'The request cannot be put on record now; it was not sent on'),
  'pins-unavailable': passing(
    503,
    50313,
    'What the server may show and be called by cannot be established at the moment',
  ),
  'no-replica': passing(503, 50303, 'No replica of the server could be reached; the request was not sent on'),
  'circuit-open': passing(503, 50304, 'The server keeps failing; the request was not sent on'),
  'credentials-unavailable': passing(
    503,
    50305,
    'The gateway has no credentials for the server at the moment; the request was not sent on',
  ),
  'caller-token-needed': {
    ...refused(403, 40302, 'The server is called in the name of a token, and this caller has shown none'),
    echoId: true,
  },
  'caller-not-admitted': {
    ...refused(403, 40303, 'The authorization server gives this caller no access to the server'),
    echoId: true,
  },
  'upstream-unauthorized': {
    ...refused(502, 50203, "The server does not accept the gateway's credentials"),
    echoId: true,
  },
  'upstream-lost': unknown(
    502,
    50201,
    'The server was lost before it answered. The request may have run: check before sending it again',
  ),
  'upstream-invalid': unknown(
    502,
    50202,
    'The server answered with something that is not HTTP. The request may have run: check before sending it again',
  ),
  'upstream-timeout': unknown(
    504,
    50401,
    'The server did not answer in time. The request may have run: check before sending it again',
  ),
};

/** What may be said beyond the table's row. */
export interface RefusalDetail {
  /** Replaces the table's message. */
  readonly message?: string;
  readonly headers?: readonly string[];
  /** Replaces the table's seconds for `Retry-After`. */
  readonly retryAfter?: number;
  /** Members of `error.data` beside those that every refusal has. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The refusal of that row, with what is known beyond it. */
export function refuse(reason: OwnReason, detail: RefusalDetail = {}): Refusal {
  const info = REFUSALS[reason];
  const message = detail.message ?? info.message;
  const data = { ...detail.data, source: 'gateway', reason, mayHaveRun: info.mayHaveRun };
  const retryAfter = detail.retryAfter ?? info.retryAfter;
  return {
    reason,
    rejection: { status: info.status, code: info.code, message, data },
    headers: [
      ...(retryAfter === undefined ? [] : ['retry-after', String(retryAfter)]),
      ...(detail.headers ?? []),
    ],
    echoId: info.echoId === true,
  };
}

/** The refusal for a required header that is missing or malformed. Spec: basic/transports/streamable-http#server-validation. */
export function refuseHeader(why: string): Refusal {
  const rejection = reject('HeaderMismatch', `Header mismatch: ${why}`);
  return { reason: 'header-mismatch', rejection, headers: [], echoId: true };
}

/** The refusal for a revision that is not spoken. Spec: basic/transports/streamable-http#protocol-version-header. */
export function refuseVersion(requested: string): Refusal {
  const rejection = rejectUnsupportedVersion(requested, [PROTOCOL_VERSION]);
  return { reason: 'unsupported-version', rejection, headers: [], echoId: true };
}

/** The refusal for a body that is not what the revision asks for, in the form that the specification gives it. */
export function refuseMessage(rejection: Rejection): Refusal {
  return { reason: 'invalid-message', rejection, headers: [], echoId: true };
}

/** Tells a refusal from what else a step may give. */
export function isRefusal(value: object): value is Refusal {
  return 'rejection' in value && 'reason' in value;
}

// ---

function refused(status: number, code: number, message: string): RefusalInfo {
  return { status, code, message, mayHaveRun: false };
}

function passing(status: number, code: number, message: string): RefusalInfo {
  return { status, code, message, mayHaveRun: false, retryAfter: 1, echoId: true };
}

function unknown(status: number, code: number, message: string): RefusalInfo {
  return { status, code, message, mayHaveRun: true, echoId: true };
}
