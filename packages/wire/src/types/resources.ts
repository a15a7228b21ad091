import type { InputRequiredResult, InputResponseRequestParams } from './input.ts';
import type { JSONRPCNotification, JSONRPCRequest, JSONRPCResultResponse } from './jsonrpc.ts';
import type { CacheableResult, PaginatedRequest, PaginatedResult } from './lists.ts';
import type { NotificationParams, RequestParams } from './meta.ts';
import type { BlobResourceContents, Resource, ResourceTemplate, TextResourceContents } from './resource.ts';

/** Asks for a page of resources. Spec: server/resources#listing-resources. */
export interface ListResourcesRequest extends PaginatedRequest {
  method: 'resources/list';
}

/** A page of resources. Spec: schema#listresourcesresult. */
export interface ListResourcesResult extends PaginatedResult, CacheableResult {
  resources: Resource[];
}

/** The answer to `resources/list`. Spec: schema#listresourcesresultresponse. */
export interface ListResourcesResultResponse extends JSONRPCResultResponse {
  result: ListResourcesResult;
}

/** Asks for a page of resource templates. Spec: server/resources#resource-templates. */
export interface ListResourceTemplatesRequest extends PaginatedRequest {
  method: 'resources/templates/list';
}

/** A page of resource templates. Spec: schema#listresourcetemplatesresult. */
export interface ListResourceTemplatesResult extends PaginatedResult, CacheableResult {
  resourceTemplates: ResourceTemplate[];
}

/** The answer to `resources/templates/list`. Spec: schema#listresourcetemplatesresultresponse. */
export interface ListResourceTemplatesResultResponse extends JSONRPCResultResponse {
  result: ListResourceTemplatesResult;
}

/** Params of a request about one resource. Spec: schema#resourcerequestparams. */
export type ResourceRequestParams = RequestParams & {
  uri: string;
};

/** Params of `resources/read`. Spec: schema#readresourcerequestparams. */
export type ReadResourceRequestParams = ResourceRequestParams & InputResponseRequestParams;

/** Reads a resource. Spec: server/resources#reading-resources. */
export interface ReadResourceRequest extends JSONRPCRequest {
  method: 'resources/read';
  params: ReadResourceRequestParams;
}

/** A resource's contents. Spec: schema#readresourceresult. */
export interface ReadResourceResult extends CacheableResult {
  contents: (TextResourceContents | BlobResourceContents)[];
}

/** The answer to `resources/read`. Spec: schema#readresourceresultresponse. */
export interface ReadResourceResultResponse extends JSONRPCResultResponse {
  result: ReadResourceResult | InputRequiredResult;
}

/** Tells listeners that the list of resources changed. Spec: server/resources#list-changed-notification. */
export interface ResourceListChangedNotification extends JSONRPCNotification {
  method: 'notifications/resources/list_changed';
  params?: NotificationParams;
}

/** Params of `notifications/resources/updated`. Spec: schema#resourceupdatednotificationparams. */
export type ResourceUpdatedNotificationParams = NotificationParams & {
  /** The resource, or a part of the one that was subscribed to. */
  uri: string;
};

/** Tells listeners that a resource changed. Spec: server/resources#subscriptions. */
export interface ResourceUpdatedNotification extends JSONRPCNotification {
  method: 'notifications/resources/updated';
  params: ResourceUpdatedNotificationParams;
}
