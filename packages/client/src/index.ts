export type { Backoff } from './call/attempts.ts';
export type { CallDefaults, CallOptions } from './call/call-options.ts';
export type { CacheMode, CallPolicy } from './call/policy.ts';
export { createClient } from './client.ts';
export type { Environment } from './environment.ts';
export type { ClientErrorCode, ClientErrorDetails, ClientErrorInfo } from './errors.ts';
export { CLIENT_ERRORS, ClientError, ProtocolError } from './errors.ts';
export type {
  HeaderBag,
  Link,
  LinkRequest,
  Next,
  Params,
  TerminatingLink,
  WireReply,
  WireRequest,
} from './link.ts';
export type { FetchLinkOptions } from './links/fetch-link.ts';
export { fetchLink, inProcessLink } from './links/fetch-link.ts';
export type { HttpLinkOptions } from './links/http-reply.ts';
export type { ClientOptions } from './options.ts';
export type { Client, ToolArguments, ToolResult, ToolType } from './types.ts';
