import type { ContentBlock } from './content.ts';
import type { InputRequiredResult, InputResponseRequestParams } from './input.ts';
import type { JSONRPCNotification, JSONRPCRequest, JSONRPCResultResponse, Result } from './jsonrpc.ts';
import type { CacheableResult, PaginatedRequest, PaginatedResult } from './lists.ts';
import type { NotificationParams } from './meta.ts';
import type { Tool } from './tool.ts';

/** Asks for a page of tools. Spec: server/tools#listing-tools. */
export interface ListToolsRequest extends PaginatedRequest {
  method: 'tools/list';
}

/** A page of tools. Spec: schema#listtoolsresult. */
export interface ListToolsResult extends PaginatedResult, CacheableResult {
  tools: Tool[];
}

/** The answer to `tools/list`. Spec: schema#listtoolsresultresponse. */
export interface ListToolsResultResponse extends JSONRPCResultResponse {
  result: ListToolsResult;
}

/** Params of `tools/call`. Spec: schema#calltoolrequestparams. */
export type CallToolRequestParams = InputResponseRequestParams & {
  name: string;
  arguments?: { [key: string]: unknown };
};

/** Calls a tool. Spec: server/tools#calling-tools. */
export interface CallToolRequest extends JSONRPCRequest {
  method: 'tools/call';
  params: CallToolRequestParams;
}

/** What a tool answered. A tool's own failure is here, with `isError`. Spec: server/tools#error-handling. */
export interface CallToolResult extends Result {
  content: ContentBlock[];
  /** Any JSON value; fits the tool's `outputSchema` where it has one. */
  structuredContent?: unknown;
  /** Default: false. */
  isError?: boolean;
}

/** The answer to `tools/call`. Spec: schema#calltoolresultresponse. */
export interface CallToolResultResponse extends JSONRPCResultResponse {
  result: CallToolResult | InputRequiredResult;
}

/** Tells listeners that the tools changed. Spec: server/tools#list-changed-notification. */
export interface ToolListChangedNotification extends JSONRPCNotification {
  method: 'notifications/tools/list_changed';
  params?: NotificationParams;
}
