import type { CancelledNotification } from './cancellation.ts';
import type { CompleteRequest, CompleteResult } from './completion.ts';
import type { DiscoverRequest, DiscoverResult } from './discover.ts';
import type { InputRequiredResult } from './input.ts';
import type { EmptyResult, Result } from './jsonrpc.ts';
import type { LoggingMessageNotification } from './logging.ts';
import type { ProgressNotification } from './progress.ts';
import type {
  GetPromptRequest,
  GetPromptResult,
  ListPromptsRequest,
  ListPromptsResult,
  PromptListChangedNotification,
} from './prompts.ts';
import type {
  ListResourcesRequest,
  ListResourcesResult,
  ListResourceTemplatesRequest,
  ListResourceTemplatesResult,
  ReadResourceRequest,
  ReadResourceResult,
  ResourceListChangedNotification,
  ResourceUpdatedNotification,
} from './resources.ts';
import type {
  SubscriptionsAcknowledgedNotification,
  SubscriptionsListenRequest,
  SubscriptionsListenResult,
} from './subscriptions.ts';
import type {
  CallToolRequest,
  CallToolResult,
  ListToolsRequest,
  ListToolsResult,
  ToolListChangedNotification,
} from './tools.ts';

/** The requests of the revision, by method. */
export interface RequestMap {
  'server/discover': DiscoverRequest;
  'tools/list': ListToolsRequest;
  'tools/call': CallToolRequest;
  'resources/list': ListResourcesRequest;
  'resources/templates/list': ListResourceTemplatesRequest;
  'resources/read': ReadResourceRequest;
  'prompts/list': ListPromptsRequest;
  'prompts/get': GetPromptRequest;
  'completion/complete': CompleteRequest;
  'subscriptions/listen': SubscriptionsListenRequest;
}

/** The results of the revision, by method. */
export interface ResultMap {
  'server/discover': DiscoverResult;
  'tools/list': ListToolsResult;
  'tools/call': CallToolResult | InputRequiredResult;
  'resources/list': ListResourcesResult;
  'resources/templates/list': ListResourceTemplatesResult;
  'resources/read': ReadResourceResult | InputRequiredResult;
  'prompts/list': ListPromptsResult;
  'prompts/get': GetPromptResult | InputRequiredResult;
  'completion/complete': CompleteResult;
  'subscriptions/listen': SubscriptionsListenResult;
}

/** A method a client may call. */
export type RequestMethod = keyof RequestMap;

/** Anything a client asks of a server. Spec: schema#clientrequest. */
export type ClientRequest = RequestMap[RequestMethod];

/** Anything a client tells a server. Spec: schema#clientnotification. */
export type ClientNotification = CancelledNotification;

/** Anything a server tells a client. Spec: schema#servernotification. */
export type ServerNotification =
  | CancelledNotification
  | ProgressNotification
  | LoggingMessageNotification
  | ResourceUpdatedNotification
  | ResourceListChangedNotification
  | ToolListChangedNotification
  | PromptListChangedNotification
  | SubscriptionsAcknowledgedNotification;

/** Anything a server answers. Spec: schema#serverresult. */
export type ServerResult = EmptyResult | ResultMap[RequestMethod];

/**
 * A result without `resultType`, its other declared members kept: what a handler writes and the server completes.
 * (`Omit` would lose the declared members, since every result is open.)
 */
export type ResultBody<R extends Result> = {
  [K in keyof R as string extends K ? never : K extends 'resultType' ? never : K]: R[K];
} & { [key: string]: unknown };
