import type { ServerCapabilities } from './capabilities.ts';
import type { JSONRPCRequest, JSONRPCResultResponse } from './jsonrpc.ts';
import type { CacheableResult } from './lists.ts';
import type { RequestParams } from './meta.ts';

/** Asks a server what it speaks and can do. Spec: server/discover. */
export interface DiscoverRequest extends JSONRPCRequest {
  method: 'server/discover';
  params: RequestParams;
}

/** What a server speaks and can do. Spec: server/discover#discoverresult. */
export interface DiscoverResult extends CacheableResult {
  supportedVersions: string[];
  capabilities: ServerCapabilities;
  /** How to use the server well, for a model to read. */
  instructions?: string;
}

/** The answer to `server/discover`. Spec: schema#discoverresultresponse. */
export interface DiscoverResultResponse extends JSONRPCResultResponse {
  result: DiscoverResult;
}
