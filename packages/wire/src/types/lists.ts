import type { Cursor } from './common.ts';
import type { JSONRPCRequest, Result } from './jsonrpc.ts';
import type { RequestParams } from './meta.ts';

/** Params of a paginated list. Spec: server/utilities/pagination. */
export type PaginatedRequestParams = RequestParams & {
  /** Where to go on; absent for the first page. */
  cursor?: Cursor;
};

/** A request for one page of a list. Spec: schema#paginatedrequest. */
export interface PaginatedRequest extends JSONRPCRequest {
  params: PaginatedRequestParams;
}

/** One page of a list. Spec: schema#paginatedresult. */
export interface PaginatedResult extends Result {
  /** Where the next page starts; absent on the last. */
  nextCursor?: Cursor;
}

/** A result that says how long, and for whom, it may be cached. Spec: server/utilities/caching. */
export interface CacheableResult extends Result {
  /** For how many milliseconds the result is fresh; 0 or more. */
  ttlMs: number;
  /** `public`: for every caller; `private`: for the same authorization context only. */
  cacheScope: 'public' | 'private';
}
