import { HEADER } from './headers.ts';

/** The response headers that a client within a web page must be able to read. Spec: Fetch, `Access-Control-Expose-Headers`. */
export const CORS_EXPOSED_HEADERS: readonly string[] = Object.freeze([
  'retry-after',
  'www-authenticate',
  'dpop-nonce',
]);

/**
 * The request headers that a client within a web page may set, for a preflight that asks for `requested`: those of the
 * protocol, of authorization and of tracing, and whatever `Mcp-Param-*` is asked for, since their names depend on the tool.
 */
export function corsRequestHeaders(requested: string | undefined): readonly string[] {
  const asked = (requested ?? '').toLowerCase().split(',');
  const params = asked.map((name) => name.trim()).filter((name) => PARAM.test(name));
  return [...ALLOWED, ...params.slice(0, MAX_PARAMS)];
}

const ALLOWED = [
  'accept',
  'authorization',
  'content-type',
  'dpop',
  HEADER.protocolVersion,
  HEADER.method,
  HEADER.name,
  'traceparent',
  'tracestate',
  'baggage',
];

const PARAM = /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/;
/** No tool has as many; a preflight that asks for more is answered in part. */
const MAX_PARAMS = 64;
