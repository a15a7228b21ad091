import type { HeaderBag, Link, LinkRequest } from '../link.ts';

/** Adds headers to every attempt, made anew for each: a token that may change between two of them, say. Headers of the call win. */
export function headersLink(headers: (request: LinkRequest) => HeaderBag | Promise<HeaderBag>): Link {
  return async (request, next) => {
    const more: Record<string, string> = {};
    for (const [name, value] of Object.entries(await headers(request))) more[name.toLowerCase()] = value;
    return next({ ...request, headers: { ...more, ...request.headers } });
  };
}
