import type { ErrorName } from './errors.ts';

/** When each error is sent, for people: the reference page reads it, programs do not. */
export const ERROR_MEANINGS: Readonly<Record<ErrorName, string>> = Object.freeze({
  ParseError: 'The body is not JSON, or not UTF-8.',
  InvalidRequest: 'The body is JSON, but not one JSON-RPC message within the limits.',
  MethodNotFound: 'The server has no such method, or does not offer its capability.',
  InvalidParams:
    'The params do not fit the method: an unknown name or URI, wrong arguments, a bad cursor, a missing _meta field (then HTTP 400).',
  InternalError: 'The server failed. What went wrong stays in its logs.',
  HeaderMismatch: 'A required header is missing or malformed, or a header and the body disagree.',
  MissingRequiredClientCapability: 'The request needs a client capability that its _meta does not declare.',
  UnsupportedProtocolVersion: 'The server does not speak the revision that the request names.',
});
