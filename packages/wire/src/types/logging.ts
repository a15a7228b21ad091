import type { LoggingLevel } from './common.ts';
import type { JSONRPCNotification } from './jsonrpc.ts';
import type { NotificationParams } from './meta.ts';

/**
 * Params of `notifications/message`.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: server/utilities/logging.
 */
export type LoggingMessageNotificationParams = NotificationParams & {
  level: LoggingLevel;
  /** Who logs. */
  logger?: string;
  /** Any JSON value. */
  data: unknown;
};

/**
 * A log message, sent only while a request that asked for its level is answered.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: server/utilities/logging#log-message-notifications.
 */
export interface LoggingMessageNotification extends JSONRPCNotification {
  method: 'notifications/message';
  params: LoggingMessageNotificationParams;
}
