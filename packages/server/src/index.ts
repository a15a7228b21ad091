export { ProtocolError } from '@switchyard/wire';
export type { DetachedRun } from './context/detached-run.ts';
export type { AskOptions, RequestContext } from './context/request-context.ts';
export type { Core } from './core.ts';
export type { CacheableMethod, CacheHint } from './define/cache-hint.ts';
export type { Completer, Completers, Completion } from './define/completion.ts';
export type {
  Extension,
  ExtensionMethod,
  ExtensionResult,
  ListenAgreement,
  ListenField,
} from './define/extension.ts';
export type {
  CheckedToolArguments,
  DetachedCall,
  DetachedRequest,
  ExtensionHost,
  HostedTool,
} from './define/extension-host.ts';
export type {
  PromptArgumentDefinition,
  PromptArguments,
  PromptDefinition,
  PromptHandler,
  PromptReturn,
} from './define/prompt.ts';
export type {
  ResourceDefinition,
  ResourceHandler,
  ResourceReturn,
  ResourceTemplateDefinition,
  ResourceTemplateHandler,
} from './define/resource.ts';
export type { ToolDefinition, ToolHandler, ToolReturn } from './define/tool.ts';
export { ToolError } from './define/tool.ts';
export type { Environment } from './environment.ts';
export type { Exchange, MessageStream, PreparedMessage, Reply, Transport } from './exchange.ts';
export type { Authenticate, Credentials, Denial, Principal } from './identity/principal.ts';
export { anonymous, deny } from './identity/principal.ts';
export type { Visibility } from './identity/visibility.ts';
export type { Elicited, ElicitForm } from './input/elicit.ts';
export type { InputRequired, InputRequiredOptions } from './input/input-required.ts';
export { InputPending, inputRequired, isInputRequired } from './input/input-required.ts';
export type { RequestStateOptions } from './input/round-state.ts';
export type { HostOptions } from './ladder/host-policy.ts';
export type { RateLimiter, RateRequest, TokenBucketOptions } from './ladder/rate-limit.ts';
export { tokenBucket } from './ladder/rate-limit.ts';
export type { Limits } from './limits.ts';
export type { Audience, Notify } from './notify.ts';
export type { Middleware, OperationCall } from './operations/middleware.ts';
export type { ServerOptions } from './options.ts';
export type { Reports } from './runtime.ts';
export type { Registered, Server } from './server.ts';
export { createServer } from './server.ts';
export type { AuthorizeSubscription } from './subscriptions/authorize.ts';
export type { BusEvent, BusSubscription, EventBus, Topic } from './subscriptions/bus.ts';
export { memoryBus } from './subscriptions/bus.ts';
export type { SubscriptionOptions } from './subscriptions/hub.ts';
