import type { RequestId } from './common.ts';
import type { JSONRPCNotification } from './jsonrpc.ts';
import type { NotificationParams } from './meta.ts';

/** Params of `notifications/cancelled`. Spec: schema#cancellednotificationparams. */
export type CancelledNotificationParams = NotificationParams & {
  /** The request to stop. */
  requestId: RequestId;
  /** For logs and people. */
  reason?: string;
};

/** Stops a request over stdio; over HTTP the closed stream says it. Spec: basic/patterns/cancellation. */
export interface CancelledNotification extends JSONRPCNotification {
  method: 'notifications/cancelled';
  params: CancelledNotificationParams;
}
