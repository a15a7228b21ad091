import { createAuthorizer as createAnywhere } from '../client/authorizer.ts';
import type { Authorizer, AuthorizerOptions } from '../client/authorizer-options.ts';
import { pinnedFetch } from './pinned-fetch.ts';
import { resolveHost } from './resolve-host.ts';

/**
 * As `createAuthorizer` of `@switchyard/auth/client`; names that servers give are looked up, refused where they lead into a private
 * network, and dialled at the very addresses that were looked at, unless `resolve` or `fetch` say otherwise.
 */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  return createAnywhere({ resolve: resolveHost, fetch: pinnedFetch, ...options });
}
