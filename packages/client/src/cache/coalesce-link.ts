import { methodInfo } from '@switchyard/wire';
import type { Link } from '../link.ts';
import { Flights } from './flights.ts';
import { audienceOf, cacheKey } from './key.ts';
import { askTogether } from './shared-ask.ts';

/** Sends once what several callers, with the same headers and limits, ask for at the same time: only what may be repeated, and hears of no progress. */
export function coalesceLink(): Link {
  const flights = new Flights<Awaited<ReturnType<Link>>>();
  return (request, next) => {
    if (methodInfo(request.method)?.cacheable !== true || request.progress) return next(request);
    if (Object.keys(request.meta).length > 0) return next(request);
    const key = cacheKey('', request, audienceOf(request.headers));
    return askTogether(request, { flights, key, ask: (signal) => next({ ...request, signal }) });
  };
}
