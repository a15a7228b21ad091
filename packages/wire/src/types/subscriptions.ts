import type { RequestId } from './common.ts';
import type { JSONRPCNotification, JSONRPCRequest, JSONRPCResultResponse, Result } from './jsonrpc.ts';
import type { NotificationParams, RequestParams, ResultMetaObject } from './meta.ts';

/** What a client wants to hear of; each kind is opt-in. Spec: basic/patterns/subscriptions#notification-filter. */
export interface SubscriptionFilter {
  toolsListChanged?: boolean;
  promptsListChanged?: boolean;
  resourcesListChanged?: boolean;
  /** URIs of the resources whose updates are wanted. */
  resourceSubscriptions?: string[];
}

/** Params of `subscriptions/listen`. Spec: schema#subscriptionslistenrequestparams. */
export type SubscriptionsListenRequestParams = RequestParams & {
  notifications: SubscriptionFilter;
};

/** Opens a stream of notifications. Spec: basic/patterns/subscriptions#opening-a-stream. */
export interface SubscriptionsListenRequest extends JSONRPCRequest {
  method: 'subscriptions/listen';
  params: SubscriptionsListenRequestParams;
}

/** `_meta` of the result that ends a stream. Spec: schema#subscriptionslistenresultmetaobject. */
export interface SubscriptionsListenResultMetaObject extends ResultMetaObject {
  /** The id of the request that opened the stream. */
  'io.modelcontextprotocol/subscriptionId': RequestId;
}

/** Ends a stream gracefully. Spec: basic/patterns/subscriptions#graceful-closure. */
export interface SubscriptionsListenResult extends Result {
  _meta: SubscriptionsListenResultMetaObject;
}

/** The answer to `subscriptions/listen`, when the server ends the stream. Spec: schema#subscriptionslistenresultresponse. */
export interface SubscriptionsListenResultResponse extends JSONRPCResultResponse {
  result: SubscriptionsListenResult;
}

/** Params of `notifications/subscriptions/acknowledged`. Spec: schema#subscriptionsacknowledgednotificationparams. */
export type SubscriptionsAcknowledgedNotificationParams = NotificationParams & {
  /** What of the filter the server honours. */
  notifications: SubscriptionFilter;
};

/** The first message of a stream. Spec: basic/patterns/subscriptions#acknowledgment. */
export interface SubscriptionsAcknowledgedNotification extends JSONRPCNotification {
  method: 'notifications/subscriptions/acknowledged';
  params: SubscriptionsAcknowledgedNotificationParams;
}
