import { HEADER } from '@switchyard/wire';
import type { Plan } from '../plan/plan.ts';

const PREFLIGHT_SECONDS = '600';

/**
 * CORS headers for the responses to a page of a configured origin, as a flat list; none for any other. The gateway is
 * the only one to speak of CORS: what a server says of it is removed.
 */
export function corsHeaders(plan: Plan, origin: string | undefined): readonly string[] {
  if (plan.origins.size === 0) return [];
  if (origin === undefined || !plan.origins.has(origin.toLowerCase())) return ['vary', 'origin'];
  return [
    ...['access-control-allow-origin', origin],
    ...['access-control-expose-headers', 'retry-after, www-authenticate'],
    ...['vary', 'origin'],
  ];
}

/** The answer to a preflight of a configured origin: which request headers a page may set. */
export function preflightHeaders(
  plan: Plan,
  origin: string,
  requested: string | undefined,
): readonly string[] {
  return [
    ...corsHeaders(plan, origin),
    ...['access-control-allow-methods', 'POST'],
    ...['access-control-allow-headers', allowedRequestHeaders(requested)],
    ...['access-control-max-age', PREFLIGHT_SECONDS],
  ];
}

// ---

const ALLOWED = [
  'accept',
  'authorization',
  'content-type',
  HEADER.protocolVersion,
  HEADER.method,
  HEADER.name,
  'traceparent',
  'tracestate',
  'baggage',
];

/** The fixed list, and whatever `Mcp-Param-*` the page asks for: their names depend on the tool. */
function allowedRequestHeaders(requested: string | undefined): string {
  const asked = (requested ?? '').toLowerCase().split(',');
  const params = asked.map((name) => name.trim()).filter((name) => PARAM.test(name));
  return [...ALLOWED, ...params].join(', ');
}

const PARAM = /^mcp-param-[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/;
