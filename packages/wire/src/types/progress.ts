import type { ProgressToken } from './common.ts';
import type { JSONRPCNotification } from './jsonrpc.ts';
import type { NotificationParams } from './meta.ts';

/** Params of `notifications/progress`. Spec: schema#progressnotificationparams. */
export type ProgressNotificationParams = NotificationParams & {
  /** The token of the request. */
  progressToken: ProgressToken;
  /** Grows with every notification. */
  progress: number;
  total?: number;
  message?: string;
};

/** Says how far a request has come. Spec: basic/patterns/progress. */
export interface ProgressNotification extends JSONRPCNotification {
  method: 'notifications/progress';
  params: ProgressNotificationParams;
}
