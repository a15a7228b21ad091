import type { ClientCapabilities } from './types/capabilities.ts';
import type { ErrorObject } from './types/jsonrpc.ts';

/** A row of the error table. */
export interface ErrorInfo {
  readonly code: number;
  readonly name: string;
  /** The HTTP status of a response that is this error and nothing else. */
  readonly httpStatus: number;
  /** The message where nothing more exact is known. */
  readonly message: string;
  /** Whether the same request, unchanged, may succeed later or elsewhere. */
  readonly retryable: boolean;
}

/** The names of the errors that this revision defines. */
export type ErrorName =
  | 'ParseError'
  | 'InvalidRequest'
  | 'MethodNotFound'
  | 'InvalidParams'
  | 'InternalError'
  | 'HeaderMismatch'
  | 'MissingRequiredClientCapability'
  | 'UnsupportedProtocolVersion';

/**
 * Every error that this revision defines. `InvalidParams` and `InternalError` travel with HTTP 200, since the specification
 * gives them no status, with one exception: params whose `_meta` lacks a required field, or holds one of the wrong type,
 * are answered with 400 (`readEnvelope` says so in its rejection). Spec: basic/index#error-codes.
 */
export const ERRORS: Readonly<Record<ErrorName, ErrorInfo>> = Object.freeze({
  ParseError: row('ParseError', {
    code: -32700,
    httpStatus: 400,
    message: 'Parse error',
  }),
  InvalidRequest: row('InvalidRequest', {
    code: -32600,
    httpStatus: 400,
    message: 'Invalid request',
  }),
  MethodNotFound: row('MethodNotFound', {
    code: -32601,
    httpStatus: 404,
    message: 'Method not found',
  }),
  InvalidParams: row('InvalidParams', {
    code: -32602,
    httpStatus: 200,
    message: 'Invalid params',
  }),
  InternalError: row('InternalError', {
    code: -32603,
    httpStatus: 200,
    message: 'Internal error',
    retryable: true,
  }),
  HeaderMismatch: row('HeaderMismatch', {
    code: -32020,
    httpStatus: 400,
    message: 'Header mismatch',
  }),
  MissingRequiredClientCapability: row('MissingRequiredClientCapability', {
    code: -32021,
    httpStatus: 400,
    message: 'Missing required client capability',
  }),
  UnsupportedProtocolVersion: row('UnsupportedProtocolVersion', {
    code: -32022,
    httpStatus: 400,
    message: 'Unsupported protocol version',
  }),
});

/** Codes of earlier revisions, never sent by this one. Spec: basic/index#error-codes. */
export const LEGACY_ERROR_CODES = { resourceNotFound: -32002, urlElicitationRequired: -32042 } as const;

/**
 * Whether a code must not be sent: −32002 and −32042 of earlier revisions, and −32020…−32099 as far as the specification
 * has not defined them. Spec: basic/index#error-codes.
 */
export function isReservedErrorCode(code: number): boolean {
  if (code === LEGACY_ERROR_CODES.resourceNotFound) return true;
  return code >= -32099 && code < ERRORS.UnsupportedProtocolVersion.code;
}

/** The HTTP status of a response that is an error with this code and nothing else; 200 for every code without its own. */
export function httpStatusOf(code: number): number {
  for (const info of Object.values(ERRORS)) if (info.code === code) return info.httpStatus;
  return 200;
}

/** A refusal as plain data: what to answer, without the cost of a thrown Error. */
export interface Rejection {
  /** The HTTP status. */
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A rejection with the code and status of the named error; `message` replaces the table's. */
export function reject(name: ErrorName, message?: string, data?: unknown): Rejection {
  const info = ERRORS[name];
  const rejection = { status: info.httpStatus, code: info.code, message: message ?? info.message };
  return data === undefined ? rejection : { ...rejection, data };
}

/** The rejection that names the capabilities a client would have to declare. Spec: schema#missingrequiredclientcapabilityerror. */
export function rejectMissingCapability(required: ClientCapabilities): Rejection {
  const names = capabilityNames(required).join(', ');
  return reject('MissingRequiredClientCapability', `This request needs the client capability ${names}`, {
    requiredCapabilities: required,
  });
}

/** The rejection that names the revisions that are spoken. Spec: schema#unsupportedprotocolversionerror. */
export function rejectUnsupportedVersion(requested: string, supported: readonly string[]): Rejection {
  return reject('UnsupportedProtocolVersion', undefined, { supported: [...supported], requested });
}

/**
 * Thrown by a handler to answer with a JSON-RPC error. Its message and data reach the caller as they are.
 * Throws TypeError for a code that is not an integer or that must not be sent (`isReservedErrorCode`).
 */
export class ProtocolError extends Error {
  readonly code: number;
  readonly data?: unknown;

  constructor(code: number, message: string, data?: unknown) {
    if (!Number.isSafeInteger(code))
      throw new TypeError(`An error code must be an integer, not ${String(code)}`);
    if (isReservedErrorCode(code)) {
      throw new TypeError(`Error code ${code} is reserved; choose one outside -32768 to -32000`);
    }
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}

/** The rejection that a thrown ProtocolError stands for. */
export function rejectionOf(error: ProtocolError): Rejection {
  const rejection = { status: httpStatusOf(error.code), code: error.code, message: error.message };
  return error.data === undefined ? rejection : { ...rejection, data: error.data };
}

/** The params do not fit the method (−32602). */
export function invalidParams(message: string, data?: unknown): ProtocolError {
  return toError(reject('InvalidParams', message, data));
}

/** The method does not exist here (−32601). */
export function methodNotFound(method: string): ProtocolError {
  return toError(reject('MethodNotFound', `Method not found: ${method}`));
}

/** The server failed (−32603); the message reaches the caller, so it says nothing of the inside. */
export function internalError(message?: string): ProtocolError {
  return toError(reject('InternalError', message));
}

/** The headers are not what the body says (−32020). */
export function headerMismatch(reason: string): ProtocolError {
  return toError(reject('HeaderMismatch', `Header mismatch: ${reason}`));
}

/** The request needs a capability that the client did not declare (−32021). */
export function missingCapability(required: ClientCapabilities): ProtocolError {
  return toError(rejectMissingCapability(required));
}

/** The revision is not spoken here (−32022). */
export function unsupportedVersion(requested: string, supported: readonly string[]): ProtocolError {
  return toError(rejectUnsupportedVersion(requested, supported));
}

/** The `error` member of a response that carries the rejection. */
export function errorObject(rejection: Pick<Rejection, 'code' | 'message' | 'data'>): ErrorObject {
  const { code, message, data } = rejection;
  return data === undefined ? { code, message } : { code, message, data };
}

function toError(rejection: Rejection): ProtocolError {
  return new ProtocolError(rejection.code, rejection.message, rejection.data);
}

function capabilityNames(required: ClientCapabilities): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(required)) {
    const inner = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (inner.length === 0) names.push(name);
    else names.push(...inner.map((key) => `${name}.${key}`));
  }
  return names;
}

function row(name: ErrorName, info: Omit<ErrorInfo, 'name' | 'retryable'> & Partial<ErrorInfo>): ErrorInfo {
  return Object.freeze({ name, retryable: false, ...info });
}
