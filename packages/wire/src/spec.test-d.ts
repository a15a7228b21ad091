// Holds every type to the specification's own schema.ts, in both directions: a line here fails to compile when the two differ.
import type * as spec from '../test/spec-examples/schema.d.ts';
import type * as wire from './index.ts';

/** Compiles only where each type can stand for the other. */
type Same<A extends B, B extends C, C = A> = [A, B, C];
/** Compiles only where the first type can stand for the second. */
type Fits<A extends B, B> = [A, B];

// @ts-expect-error Proves that Same can fail: the one is not the other.
export type SameCanFail = Same<wire.Tool, spec.Prompt>;
// @ts-expect-error Proves that Same looks in both directions.
export type SameCanFailBackwards = Same<wire.Tool, spec.BaseMetadata>;
// @ts-expect-error Proves that Fits can fail.
export type FitsCanFail = Fits<spec.BaseMetadata, wire.Tool>;

// Ours says which resultType it has, as the prose does and the schema does not; responses that may hold it follow.
export type InputRequiredResult = Fits<wire.InputRequiredResult, spec.InputRequiredResult>;
export type CallToolResultResponse = Fits<wire.CallToolResultResponse, spec.CallToolResultResponse>;
export type GetPromptResultResponse = Fits<wire.GetPromptResultResponse, spec.GetPromptResultResponse>;
export type ReadResourceResultResponse = Fits<
  wire.ReadResourceResultResponse,
  spec.ReadResourceResultResponse
>;
// Ours also joins the input rounds of single methods.
export type ServerResult = Fits<wire.ServerResult, spec.ServerResult>;
// The schema calls it Error, which would hide the global one.
export type ErrorObject = Same<wire.ErrorObject, spec.Error>;

export type CancelledNotificationParams = Same<
  wire.CancelledNotificationParams,
  spec.CancelledNotificationParams
>;
export type CancelledNotification = Same<wire.CancelledNotification, spec.CancelledNotification>;
export type ClientCapabilities = Same<wire.ClientCapabilities, spec.ClientCapabilities>;
export type ServerCapabilities = Same<wire.ServerCapabilities, spec.ServerCapabilities>;
export type RequestId = Same<wire.RequestId, spec.RequestId>;
export type ProgressToken = Same<wire.ProgressToken, spec.ProgressToken>;
export type Cursor = Same<wire.Cursor, spec.Cursor>;
export type Role = Same<wire.Role, spec.Role>;
export type LoggingLevel = Same<wire.LoggingLevel, spec.LoggingLevel>;
export type Icon = Same<wire.Icon, spec.Icon>;
export type Icons = Same<wire.Icons, spec.Icons>;
export type BaseMetadata = Same<wire.BaseMetadata, spec.BaseMetadata>;
export type Implementation = Same<wire.Implementation, spec.Implementation>;
export type Annotations = Same<wire.Annotations, spec.Annotations>;
export type ResourceTemplateReference = Same<wire.ResourceTemplateReference, spec.ResourceTemplateReference>;
export type PromptReference = Same<wire.PromptReference, spec.PromptReference>;
export type CompleteRequestParams = Same<wire.CompleteRequestParams, spec.CompleteRequestParams>;
export type CompleteRequest = Same<wire.CompleteRequest, spec.CompleteRequest>;
export type CompleteResult = Same<wire.CompleteResult, spec.CompleteResult>;
export type CompleteResultResponse = Same<wire.CompleteResultResponse, spec.CompleteResultResponse>;
export type TextContent = Same<wire.TextContent, spec.TextContent>;
export type ImageContent = Same<wire.ImageContent, spec.ImageContent>;
export type AudioContent = Same<wire.AudioContent, spec.AudioContent>;
export type ResourceLink = Same<wire.ResourceLink, spec.ResourceLink>;
export type EmbeddedResource = Same<wire.EmbeddedResource, spec.EmbeddedResource>;
export type ContentBlock = Same<wire.ContentBlock, spec.ContentBlock>;
export type ToolUseContent = Same<wire.ToolUseContent, spec.ToolUseContent>;
export type ToolResultContent = Same<wire.ToolResultContent, spec.ToolResultContent>;
export type DiscoverRequest = Same<wire.DiscoverRequest, spec.DiscoverRequest>;
export type DiscoverResult = Same<wire.DiscoverResult, spec.DiscoverResult>;
export type DiscoverResultResponse = Same<wire.DiscoverResultResponse, spec.DiscoverResultResponse>;
export type StringSchema = Same<wire.StringSchema, spec.StringSchema>;
export type NumberSchema = Same<wire.NumberSchema, spec.NumberSchema>;
export type BooleanSchema = Same<wire.BooleanSchema, spec.BooleanSchema>;
export type UntitledSingleSelectEnumSchema = Same<
  wire.UntitledSingleSelectEnumSchema,
  spec.UntitledSingleSelectEnumSchema
>;
export type TitledSingleSelectEnumSchema = Same<
  wire.TitledSingleSelectEnumSchema,
  spec.TitledSingleSelectEnumSchema
>;
export type SingleSelectEnumSchema = Same<wire.SingleSelectEnumSchema, spec.SingleSelectEnumSchema>;
export type UntitledMultiSelectEnumSchema = Same<
  wire.UntitledMultiSelectEnumSchema,
  spec.UntitledMultiSelectEnumSchema
>;
export type TitledMultiSelectEnumSchema = Same<
  wire.TitledMultiSelectEnumSchema,
  spec.TitledMultiSelectEnumSchema
>;
export type MultiSelectEnumSchema = Same<wire.MultiSelectEnumSchema, spec.MultiSelectEnumSchema>;
export type LegacyTitledEnumSchema = Same<wire.LegacyTitledEnumSchema, spec.LegacyTitledEnumSchema>;
export type EnumSchema = Same<wire.EnumSchema, spec.EnumSchema>;
export type PrimitiveSchemaDefinition = Same<wire.PrimitiveSchemaDefinition, spec.PrimitiveSchemaDefinition>;
export type ElicitRequestFormParams = Same<wire.ElicitRequestFormParams, spec.ElicitRequestFormParams>;
export type ElicitRequestURLParams = Same<wire.ElicitRequestURLParams, spec.ElicitRequestURLParams>;
export type ElicitRequestParams = Same<wire.ElicitRequestParams, spec.ElicitRequestParams>;
export type ElicitRequest = Same<wire.ElicitRequest, spec.ElicitRequest>;
export type ElicitResult = Same<wire.ElicitResult, spec.ElicitResult>;
export type ParseError = Same<wire.ParseError, spec.ParseError>;
export type InvalidRequestError = Same<wire.InvalidRequestError, spec.InvalidRequestError>;
export type MethodNotFoundError = Same<wire.MethodNotFoundError, spec.MethodNotFoundError>;
export type InvalidParamsError = Same<wire.InvalidParamsError, spec.InvalidParamsError>;
export type InternalError = Same<wire.InternalError, spec.InternalError>;
export type HeaderMismatchError = Same<wire.HeaderMismatchError, spec.HeaderMismatchError>;
export type MissingRequiredClientCapabilityError = Same<
  wire.MissingRequiredClientCapabilityError,
  spec.MissingRequiredClientCapabilityError
>;
export type UnsupportedProtocolVersionError = Same<
  wire.UnsupportedProtocolVersionError,
  spec.UnsupportedProtocolVersionError
>;
export type InputRequest = Same<wire.InputRequest, spec.InputRequest>;
export type InputResponse = Same<wire.InputResponse, spec.InputResponse>;
export type InputRequests = Same<wire.InputRequests, spec.InputRequests>;
export type InputResponses = Same<wire.InputResponses, spec.InputResponses>;
export type InputResponseRequestParams = Same<
  wire.InputResponseRequestParams,
  spec.InputResponseRequestParams
>;
export type JSONValue = Same<wire.JSONValue, spec.JSONValue>;
export type JSONObject = Same<wire.JSONObject, spec.JSONObject>;
export type JSONArray = Same<wire.JSONArray, spec.JSONArray>;
export type ResultType = Same<wire.ResultType, spec.ResultType>;
export type Result = Same<wire.Result, spec.Result>;
export type EmptyResult = Same<wire.EmptyResult, spec.EmptyResult>;
export type JSONRPCRequest = Same<wire.JSONRPCRequest, spec.JSONRPCRequest>;
export type JSONRPCNotification = Same<wire.JSONRPCNotification, spec.JSONRPCNotification>;
export type JSONRPCResultResponse = Same<wire.JSONRPCResultResponse, spec.JSONRPCResultResponse>;
export type JSONRPCErrorResponse = Same<wire.JSONRPCErrorResponse, spec.JSONRPCErrorResponse>;
export type JSONRPCResponse = Same<wire.JSONRPCResponse, spec.JSONRPCResponse>;
export type JSONRPCMessage = Same<wire.JSONRPCMessage, spec.JSONRPCMessage>;
export type PaginatedRequestParams = Same<wire.PaginatedRequestParams, spec.PaginatedRequestParams>;
export type PaginatedRequest = Same<wire.PaginatedRequest, spec.PaginatedRequest>;
export type PaginatedResult = Same<wire.PaginatedResult, spec.PaginatedResult>;
export type CacheableResult = Same<wire.CacheableResult, spec.CacheableResult>;
export type LoggingMessageNotificationParams = Same<
  wire.LoggingMessageNotificationParams,
  spec.LoggingMessageNotificationParams
>;
export type LoggingMessageNotification = Same<
  wire.LoggingMessageNotification,
  spec.LoggingMessageNotification
>;
export type ClientRequest = Same<wire.ClientRequest, spec.ClientRequest>;
export type ClientNotification = Same<wire.ClientNotification, spec.ClientNotification>;
export type ServerNotification = Same<wire.ServerNotification, spec.ServerNotification>;
export type MetaObject = Same<wire.MetaObject, spec.MetaObject>;
export type RequestMetaObject = Same<wire.RequestMetaObject, spec.RequestMetaObject>;
export type NotificationMetaObject = Same<wire.NotificationMetaObject, spec.NotificationMetaObject>;
export type ResultMetaObject = Same<wire.ResultMetaObject, spec.ResultMetaObject>;
export type RequestParams = Same<wire.RequestParams, spec.RequestParams>;
export type NotificationParams = Same<wire.NotificationParams, spec.NotificationParams>;
export type ProgressNotificationParams = Same<
  wire.ProgressNotificationParams,
  spec.ProgressNotificationParams
>;
export type ProgressNotification = Same<wire.ProgressNotification, spec.ProgressNotification>;
export type PromptArgument = Same<wire.PromptArgument, spec.PromptArgument>;
export type Prompt = Same<wire.Prompt, spec.Prompt>;
export type PromptMessage = Same<wire.PromptMessage, spec.PromptMessage>;
export type ListPromptsRequest = Same<wire.ListPromptsRequest, spec.ListPromptsRequest>;
export type ListPromptsResult = Same<wire.ListPromptsResult, spec.ListPromptsResult>;
export type ListPromptsResultResponse = Same<wire.ListPromptsResultResponse, spec.ListPromptsResultResponse>;
export type GetPromptRequestParams = Same<wire.GetPromptRequestParams, spec.GetPromptRequestParams>;
export type GetPromptRequest = Same<wire.GetPromptRequest, spec.GetPromptRequest>;
export type GetPromptResult = Same<wire.GetPromptResult, spec.GetPromptResult>;
export type PromptListChangedNotification = Same<
  wire.PromptListChangedNotification,
  spec.PromptListChangedNotification
>;
export type Resource = Same<wire.Resource, spec.Resource>;
export type ResourceTemplate = Same<wire.ResourceTemplate, spec.ResourceTemplate>;
export type ResourceContents = Same<wire.ResourceContents, spec.ResourceContents>;
export type TextResourceContents = Same<wire.TextResourceContents, spec.TextResourceContents>;
export type BlobResourceContents = Same<wire.BlobResourceContents, spec.BlobResourceContents>;
export type ListResourcesRequest = Same<wire.ListResourcesRequest, spec.ListResourcesRequest>;
export type ListResourcesResult = Same<wire.ListResourcesResult, spec.ListResourcesResult>;
export type ListResourcesResultResponse = Same<
  wire.ListResourcesResultResponse,
  spec.ListResourcesResultResponse
>;
export type ListResourceTemplatesRequest = Same<
  wire.ListResourceTemplatesRequest,
  spec.ListResourceTemplatesRequest
>;
export type ListResourceTemplatesResult = Same<
  wire.ListResourceTemplatesResult,
  spec.ListResourceTemplatesResult
>;
export type ListResourceTemplatesResultResponse = Same<
  wire.ListResourceTemplatesResultResponse,
  spec.ListResourceTemplatesResultResponse
>;
export type ResourceRequestParams = Same<wire.ResourceRequestParams, spec.ResourceRequestParams>;
export type ReadResourceRequestParams = Same<wire.ReadResourceRequestParams, spec.ReadResourceRequestParams>;
export type ReadResourceRequest = Same<wire.ReadResourceRequest, spec.ReadResourceRequest>;
export type ReadResourceResult = Same<wire.ReadResourceResult, spec.ReadResourceResult>;
export type ResourceListChangedNotification = Same<
  wire.ResourceListChangedNotification,
  spec.ResourceListChangedNotification
>;
export type ResourceUpdatedNotificationParams = Same<
  wire.ResourceUpdatedNotificationParams,
  spec.ResourceUpdatedNotificationParams
>;
export type ResourceUpdatedNotification = Same<
  wire.ResourceUpdatedNotification,
  spec.ResourceUpdatedNotification
>;
export type Root = Same<wire.Root, spec.Root>;
export type ListRootsRequest = Same<wire.ListRootsRequest, spec.ListRootsRequest>;
export type ListRootsResult = Same<wire.ListRootsResult, spec.ListRootsResult>;
export type SamplingMessageContentBlock = Same<
  wire.SamplingMessageContentBlock,
  spec.SamplingMessageContentBlock
>;
export type SamplingMessage = Same<wire.SamplingMessage, spec.SamplingMessage>;
export type ModelHint = Same<wire.ModelHint, spec.ModelHint>;
export type ModelPreferences = Same<wire.ModelPreferences, spec.ModelPreferences>;
export type ToolChoice = Same<wire.ToolChoice, spec.ToolChoice>;
export type CreateMessageRequestParams = Same<
  wire.CreateMessageRequestParams,
  spec.CreateMessageRequestParams
>;
export type CreateMessageRequest = Same<wire.CreateMessageRequest, spec.CreateMessageRequest>;
export type CreateMessageResult = Same<wire.CreateMessageResult, spec.CreateMessageResult>;
export type SubscriptionFilter = Same<wire.SubscriptionFilter, spec.SubscriptionFilter>;
export type SubscriptionsListenRequestParams = Same<
  wire.SubscriptionsListenRequestParams,
  spec.SubscriptionsListenRequestParams
>;
export type SubscriptionsListenRequest = Same<
  wire.SubscriptionsListenRequest,
  spec.SubscriptionsListenRequest
>;
export type SubscriptionsListenResultMetaObject = Same<
  wire.SubscriptionsListenResultMetaObject,
  spec.SubscriptionsListenResultMetaObject
>;
export type SubscriptionsListenResult = Same<wire.SubscriptionsListenResult, spec.SubscriptionsListenResult>;
export type SubscriptionsListenResultResponse = Same<
  wire.SubscriptionsListenResultResponse,
  spec.SubscriptionsListenResultResponse
>;
export type SubscriptionsAcknowledgedNotificationParams = Same<
  wire.SubscriptionsAcknowledgedNotificationParams,
  spec.SubscriptionsAcknowledgedNotificationParams
>;
export type SubscriptionsAcknowledgedNotification = Same<
  wire.SubscriptionsAcknowledgedNotification,
  spec.SubscriptionsAcknowledgedNotification
>;
export type ToolAnnotations = Same<wire.ToolAnnotations, spec.ToolAnnotations>;
export type Tool = Same<wire.Tool, spec.Tool>;
export type ListToolsRequest = Same<wire.ListToolsRequest, spec.ListToolsRequest>;
export type ListToolsResult = Same<wire.ListToolsResult, spec.ListToolsResult>;
export type ListToolsResultResponse = Same<wire.ListToolsResultResponse, spec.ListToolsResultResponse>;
export type CallToolRequestParams = Same<wire.CallToolRequestParams, spec.CallToolRequestParams>;
export type CallToolRequest = Same<wire.CallToolRequest, spec.CallToolRequest>;
export type CallToolResult = Same<wire.CallToolResult, spec.CallToolResult>;
export type ToolListChangedNotification = Same<
  wire.ToolListChangedNotification,
  spec.ToolListChangedNotification
>;
