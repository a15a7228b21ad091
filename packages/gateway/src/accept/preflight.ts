import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LivePlan } from '../plan/live.ts';
import { hostAllowed } from './callers.ts';
import { preflightHeaders } from './cors.ts';
import { readTarget } from './target.ts';

/**
 * Answers the CORS preflight of a configured origin for a path that is served, and says that it has. Any other `OPTIONS`
 * is left to be refused like every method that is not POST.
 */
export function answerPreflight(req: IncomingMessage, res: ServerResponse, live: LivePlan): boolean {
  const { origin, host } = req.headers;
  const target = readTarget(req.url ?? '');
  if (origin === undefined || !live.plan.origins.has(origin.toLowerCase())) return false;
  if (req.headers['access-control-request-method'] !== 'POST') return false;
  if (target === undefined || !live.byPath.has(target.path)) return false;
  if (!hostAllowed(live.plan, target.authority ?? host)) return false;
  const requested = req.headers['access-control-request-headers'];
  res.writeHead(204, [...preflightHeaders(live.plan, origin, requested)]).end();
  req.resume();
  return true;
}
