import type { ClientCapabilities } from './capabilities.ts';
import type { Implementation, LoggingLevel, ProgressToken, RequestId } from './common.ts';

/** The contents of a `_meta` field. Spec: basic/index#meta. */
export type MetaObject = Record<string, unknown>;

/** `_meta` of a request: what one request needs, it carries. Spec: basic/index#meta. */
export interface RequestMetaObject extends MetaObject {
  /** Asks for progress notifications under this token. */
  progressToken?: ProgressToken;
  /** The revision this request speaks; over HTTP it equals `MCP-Protocol-Version`. */
  'io.modelcontextprotocol/protocolVersion': string;
  /** The client software; self-reported. */
  'io.modelcontextprotocol/clientInfo'?: Implementation;
  /** What the client can do for this request. */
  'io.modelcontextprotocol/clientCapabilities': ClientCapabilities;
  /** @deprecated Since 2026-07-28 (SEP-2577). The least severe level to send; absent means no messages. */
  'io.modelcontextprotocol/logLevel'?: LoggingLevel;
}

/** `_meta` of a notification. Spec: schema#notificationmetaobject. */
export interface NotificationMetaObject extends MetaObject {
  /** On a listen stream: the id of the `subscriptions/listen` request that opened it. */
  'io.modelcontextprotocol/subscriptionId'?: RequestId;
}

/** `_meta` of a result. Spec: schema#resultmetaobject. */
export interface ResultMetaObject extends MetaObject {
  /** The server software; self-reported. */
  'io.modelcontextprotocol/serverInfo'?: Implementation;
}

/** What every request's params hold. Spec: schema#requestparams. */
export type RequestParams = {
  _meta: RequestMetaObject;
};

/** What every notification's params may hold. Spec: schema#notificationparams. */
export type NotificationParams = {
  _meta?: NotificationMetaObject;
};
