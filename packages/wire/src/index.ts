// The Model Context Protocol, revision 2026-07-28, as types and pure functions: no I/O, no timers, no state.
//
// Glossary. message: one JSON-RPC request, notification or response. envelope: what a request says of itself in `_meta`.
// rejection: a refusal as plain data. binding: an argument of a tool that a header repeats. input round: one answer
// with `input_required`, and the request that follows it. "Spec: x/y#z" stands for
// https://modelcontextprotocol.io/specification/2026-07-28/x/y#z, and "schema#z" for its schema page.

export { ByteCollector } from './byte-collector.ts';
export { missingCapabilities, requiredFor, requiredForAll } from './capabilities.ts';
export { CORS_EXPOSED_HEADERS, corsRequestHeaders } from './cors.ts';
export {
  type Envelope,
  type EnvelopeOutcome,
  isImplementation,
  isLoggingLevel,
  LOGGING_LEVELS,
  readEnvelope,
  type TraceContext,
} from './envelope.ts';
export { ERROR_MEANINGS } from './error-meanings.ts';
export {
  ERRORS,
  type ErrorInfo,
  type ErrorName,
  errorObject,
  headerMismatch,
  httpStatusOf,
  internalError,
  invalidParams,
  isReservedErrorCode,
  LEGACY_ERROR_CODES,
  methodNotFound,
  missingCapability,
  ProtocolError,
  type Rejection,
  reject,
  rejectionOf,
  rejectMissingCapability,
  rejectUnsupportedVersion,
  unsupportedVersion,
} from './errors.ts';
export {
  type ExtensionSettings,
  extensionFault,
  extensionSettings,
  isExtensionSettings,
} from './extension.ts';
export {
  checkParamHeaders,
  compileHeaderBindings,
  type HeaderBinding,
  type HeaderBindings,
  paramHeaders,
} from './header-bindings.ts';
export {
  decodeHeaderValue,
  encodeHeaderValue,
  type HeaderValue,
  headerValueMatches,
  plainInteger,
} from './header-value.ts';
export { checkStandardHeaders, HEADER } from './headers.ts';
export {
  checkParsed,
  DEFAULT_PARSE_LIMITS,
  errorMessage,
  isErrorResponse,
  notificationMessage,
  type ParseLimits,
  type ParseOutcome,
  parseMessage,
  requestMessage,
  resultMessage,
} from './jsonrpc.ts';
export { parseMessageStrict } from './jsonrpc-strict.ts';
export type { Feature, FeatureId, FeatureState } from './lifecycle.ts';
export { encodeLine, LineDecoder, type LineDecoderOptions } from './lines.ts';
export { isExtensionId, isMetaKey, isReservedMetaKey, META } from './meta-keys.ts';
export {
  INPUT_METHODS,
  isRequestMethod,
  METHODS,
  type MethodInfo,
  methodInfo,
  NOTIFICATIONS,
} from './methods.ts';
export { REMOVED_METHODS, type RemovedMethod } from './removed-methods.ts';
export { isInputRequired } from './results.ts';
export {
  encodeComment,
  encodeEvent,
  SseDecoder,
  type SseDecoderOptions,
  type SseEvent,
  type SseMessage,
} from './sse.ts';
export { IDEMPOTENCY_KEY_META, TASKS_EXTENSION } from './tasks.ts';
export { isTraceparent } from './trace.ts';
export type { CancelledNotification, CancelledNotificationParams } from './types/cancellation.ts';
export type { ClientCapabilities, ServerCapabilities } from './types/capabilities.ts';
export type {
  Annotations,
  BaseMetadata,
  Cursor,
  Icon,
  Icons,
  Implementation,
  LoggingLevel,
  ProgressToken,
  RequestId,
  Role,
} from './types/common.ts';
export type {
  CompleteRequest,
  CompleteRequestParams,
  CompleteResult,
  CompleteResultResponse,
  PromptReference,
  ResourceTemplateReference,
} from './types/completion.ts';
export type {
  AudioContent,
  ContentBlock,
  EmbeddedResource,
  ImageContent,
  ResourceLink,
  TextContent,
  ToolResultContent,
  ToolUseContent,
} from './types/content.ts';
export type { DiscoverRequest, DiscoverResult, DiscoverResultResponse } from './types/discover.ts';
export type {
  BooleanSchema,
  ElicitRequest,
  ElicitRequestFormParams,
  ElicitRequestParams,
  ElicitRequestURLParams,
  ElicitResult,
  EnumSchema,
  LegacyTitledEnumSchema,
  MultiSelectEnumSchema,
  NumberSchema,
  PrimitiveSchemaDefinition,
  SingleSelectEnumSchema,
  StringSchema,
  TitledMultiSelectEnumSchema,
  TitledSingleSelectEnumSchema,
  UntitledMultiSelectEnumSchema,
  UntitledSingleSelectEnumSchema,
} from './types/elicitation.ts';
export type {
  HeaderMismatchError,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  MethodNotFoundError,
  MissingRequiredClientCapabilityError,
  ParseError,
  UnsupportedProtocolVersionError,
} from './types/errors.ts';
export type {
  InputRequest,
  InputRequests,
  InputRequiredResult,
  InputResponse,
  InputResponseRequestParams,
  InputResponses,
} from './types/input.ts';
export type { JSONArray, JSONObject, JSONValue } from './types/json.ts';
export type {
  EmptyResult,
  ErrorObject,
  JSONRPCErrorResponse,
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  JSONRPCResponse,
  JSONRPCResultResponse,
  Result,
  ResultType,
} from './types/jsonrpc.ts';
export type {
  CacheableResult,
  PaginatedRequest,
  PaginatedRequestParams,
  PaginatedResult,
} from './types/lists.ts';
export type { LoggingMessageNotification, LoggingMessageNotificationParams } from './types/logging.ts';
export type {
  ClientNotification,
  ClientRequest,
  RequestMap,
  RequestMethod,
  ResultBody,
  ResultMap,
  ServerNotification,
  ServerResult,
} from './types/messages.ts';
export type {
  MetaObject,
  NotificationMetaObject,
  NotificationParams,
  RequestMetaObject,
  RequestParams,
  ResultMetaObject,
} from './types/meta.ts';
export type { ProgressNotification, ProgressNotificationParams } from './types/progress.ts';
export type {
  GetPromptRequest,
  GetPromptRequestParams,
  GetPromptResult,
  GetPromptResultResponse,
  ListPromptsRequest,
  ListPromptsResult,
  ListPromptsResultResponse,
  Prompt,
  PromptArgument,
  PromptListChangedNotification,
  PromptMessage,
} from './types/prompts.ts';
export type {
  BlobResourceContents,
  Resource,
  ResourceContents,
  ResourceTemplate,
  TextResourceContents,
} from './types/resource.ts';
export type {
  ListResourcesRequest,
  ListResourcesResult,
  ListResourcesResultResponse,
  ListResourceTemplatesRequest,
  ListResourceTemplatesResult,
  ListResourceTemplatesResultResponse,
  ReadResourceRequest,
  ReadResourceRequestParams,
  ReadResourceResult,
  ReadResourceResultResponse,
  ResourceListChangedNotification,
  ResourceRequestParams,
  ResourceUpdatedNotification,
  ResourceUpdatedNotificationParams,
} from './types/resources.ts';
export type { ListRootsRequest, ListRootsResult, Root } from './types/roots.ts';
export type {
  CreateMessageRequest,
  CreateMessageRequestParams,
  CreateMessageResult,
  ModelHint,
  ModelPreferences,
  SamplingMessage,
  SamplingMessageContentBlock,
  ToolChoice,
} from './types/sampling.ts';
export type {
  SubscriptionFilter,
  SubscriptionsAcknowledgedNotification,
  SubscriptionsAcknowledgedNotificationParams,
  SubscriptionsListenRequest,
  SubscriptionsListenRequestParams,
  SubscriptionsListenResult,
  SubscriptionsListenResultMetaObject,
  SubscriptionsListenResultResponse,
} from './types/subscriptions.ts';
export type {
  CancelledTask,
  CancelTaskRequest,
  CompletedTask,
  CreateTaskResult,
  DetailedTask,
  FailedTask,
  GetTaskRequest,
  GetTaskResult,
  InputRequiredTask,
  Task,
  TaskNotification,
  TaskNotificationParams,
  TaskStatus,
  TaskSubscriptionFilter,
  UpdateTaskRequest,
  WorkingTask,
} from './types/tasks.ts';
export type { Tool, ToolAnnotations } from './types/tool.ts';
export type {
  CallToolRequest,
  CallToolRequestParams,
  CallToolResult,
  CallToolResultResponse,
  ListToolsRequest,
  ListToolsResult,
  ListToolsResultResponse,
  ToolListChangedNotification,
} from './types/tools.ts';
export { compileUriTemplate, type UriTemplate } from './uri-template.ts';
export type { UriVariables } from './uri-template-match.ts';
export { JSONRPC_VERSION, LEGACY_VERSIONS, PROTOCOL_VERSION } from './versions.ts';
