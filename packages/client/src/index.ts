export type { CacheOptions } from './cache/cache-options.ts';
export { coalesceLink } from './cache/coalesce-link.ts';
export type { MemoryStoreOptions } from './cache/memory-store.ts';
export { memoryStore } from './cache/memory-store.ts';
export type { CacheEntry, CacheStore } from './cache/store.ts';
export type { Backoff } from './call/attempts.ts';
export { retryLink } from './call/attempts.ts';
export type { CallDefaults, CallOptions } from './call/call-options.ts';
export type { CacheMode, CallPolicy } from './call/policy.ts';
export { createClient } from './client.ts';
export type { Environment } from './environment.ts';
export type { EraMemory, EraStore, EraVerdict } from './eras/verdict.ts';
export { eraMemory } from './eras/verdict.ts';
export type { ClientErrorCode, ClientErrorDetails, ClientErrorInfo } from './errors.ts';
export { CLIENT_ERRORS, ClientError, ProtocolError } from './errors.ts';
export type {
  ClientExtension,
  ClientExtensionMethod,
  ExtensionHost,
  HostCall,
  ResultContext,
  ResultHandler,
} from './extension.ts';
export type { FormRequest, InputContext, InputHandlers, UrlRequest } from './input/handlers.ts';
export type { OnceStore } from './input/once.ts';
export { memoryOnce } from './input/once.ts';
export type { PendingCall } from './input/pending-call.ts';
export { isPending } from './input/pending-call.ts';
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
export { headersLink } from './links/headers-link.ts';
export type { HttpLinkOptions } from './links/http-reply.ts';
export type { TelemetryLinkOptions } from './links/telemetry-link.ts';
export { telemetryLink } from './links/telemetry-link.ts';
export type { SubscriptionEvent, SubscriptionStatus } from './listen/events.ts';
export type { ListenOptions, Subscription } from './listen/subscription.ts';
export type { ClientOptions } from './options.ts';
export type { Client, ManualOptions, ToolArguments, ToolResult, ToolType } from './types.ts';
