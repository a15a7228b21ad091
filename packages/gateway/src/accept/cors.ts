import { CORS_EXPOSED_HEADERS, corsRequestHeaders } from '@switchyard/wire';
import type { Plan } from '../plan/plan.ts';

const PREFLIGHT_SECONDS = '600';
const EXPOSED = CORS_EXPOSED_HEADERS.join(', ');

/**
 * CORS headers for the responses to a page of a configured origin, as a flat list; none for any other. The gateway is
 * the only one to speak of CORS: what a server says of it is removed.
 */
export function corsHeaders(plan: Plan, origin: string | undefined): readonly string[] {
  if (plan.origins.size === 0) return [];
  if (origin === undefined || !plan.origins.has(origin.toLowerCase())) return ['vary', 'origin'];
  return [
    ...['access-control-allow-origin', origin],
    ...['access-control-expose-headers', EXPOSED],
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
    ...['access-control-allow-headers', corsRequestHeaders(requested).join(', ')],
    ...['access-control-max-age', PREFLIGHT_SECONDS],
  ];
}
