import type { MetaObject } from './meta.ts';

/**
 * A directory or file the server may work on.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: client/roots#root.
 */
export interface Root {
  /** Starts with `file://`. */
  uri: string;
  name?: string;
  _meta?: MetaObject;
}

/**
 * Asks the client for its roots; travels in `inputRequests`.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: client/roots#listing-roots.
 */
export interface ListRootsRequest {
  method: 'roots/list';
  params?: { _meta?: MetaObject };
}

/**
 * The client's roots; travels in `inputResponses`.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#listrootsresult.
 */
export type ListRootsResult = {
  roots: Root[];
};
