// Holds our types to those of the official packages. The official schemas serve every revision at once, so that some members
// which 2026-07-28 requires are optional there; each group of pairs adds them, and says so.
import type * as core from '@modelcontextprotocol/core';
import type { z } from 'zod';
import type * as wire from './index.ts';

type Schema = z.ZodType;
/** zod writes `x?: T | undefined` where this revision has `x?: T`. */
type Exact<T> = T extends (infer U)[]
  ? Exact<U>[]
  : T extends object
    ? { [K in keyof T]: Exact<Exclude<T[K], undefined>> }
    : T;
type As<S> = S extends Schema ? Exact<z.output<S>> : never;

/** Compiles only where the first passes for the second. */
type Fits<A extends B, B> = [A, B];
/** Compiles only where ours passes for what the official schema reads. */
type Reads<Ours extends z.input<S>, S extends Schema> = [Ours, S];
/** The names of the pairs where ours does not pass for what theirs reads, or theirs (and `Extra`) does not pass for ours. */
type Failing<Pairs, Extra> = {
  [K in keyof Pairs]: Pairs[K] extends [infer Ours, infer S extends Schema]
    ? [[Ours], [As<S> & Extra]] extends [[z.input<S>], [Ours]]
      ? never
      : K
    : K;
}[keyof Pairs];
/** Compiles only where there are none; the error names them. */
type None<Names extends never> = Names;

// @ts-expect-error Proves that a pair can fail: ours is something else.
export type CanFail = None<Failing<{ tool: [wire.Prompt, typeof core.ToolSchema] }, unknown>>;
type NoResultType = Failing<{ result: [wire.CallToolResult, typeof core.CallToolResultSchema] }, unknown>;
// @ts-expect-error Proves that theirs is looked at too: it lacks what ours requires.
export type CanFailBack = None<NoResultType>;

// Theirs has the elicitationId of 2025-11-25, which this revision removed.
export type ElicitRequestURLParams = Fits<
  As<typeof core.ElicitRequestURLParamsSchema>,
  wire.ElicitRequestURLParams
>;
export type ElicitRequestParams = Fits<As<typeof core.ElicitRequestParamsSchema>, wire.ElicitRequestParams>;
export type ElicitRequest = Fits<As<typeof core.ElicitRequestSchema>, wire.ElicitRequest>;
// Theirs preprocesses the answer's content, so that what it reads has no type; what it gives has.
export type ElicitResult = Fits<As<typeof core.ElicitResultSchema>, wire.ElicitResult>;
// Theirs lets the requestId be absent, for the tasks of 2025-11-25.
export type CancelledNotificationParams = Reads<
  wire.CancelledNotificationParams,
  typeof core.CancelledNotificationParamsSchema
>;
export type CancelledNotification = Reads<
  wire.CancelledNotification,
  typeof core.CancelledNotificationSchema
>;
// Theirs splits what a model says with tools from what it says without; ours is the one type of the schema.
export type CreateMessageResult = Reads<
  wire.CreateMessageResult,
  typeof core.CreateMessageResultWithToolsSchema
>;
export type CreateMessageResultBack = Fits<
  As<typeof core.CreateMessageResultSchema>,
  wire.CreateMessageResult
>;
// Theirs holds results without a resultType, of earlier revisions.
export type JSONRPCResultResponse = Reads<
  wire.JSONRPCResultResponse,
  typeof core.JSONRPCResultResponseSchema
>;
export type JSONRPCResponse = Reads<wire.JSONRPCResponse, typeof core.JSONRPCResponseSchema>;
export type JSONRPCMessage = Reads<wire.JSONRPCMessage, typeof core.JSONRPCMessageSchema>;
// Theirs also hold the messages that this revision removed.
export type ClientRequest = Reads<wire.ClientRequest, typeof core.ClientRequestSchema>;
export type ClientNotification = Reads<wire.ClientNotification, typeof core.ClientNotificationSchema>;
export type ServerNotification = Reads<wire.ServerNotification, typeof core.ServerNotificationSchema>;

interface Shared {
  ClientCapabilities: [wire.ClientCapabilities, typeof core.ClientCapabilitiesSchema];
  ServerCapabilities: [wire.ServerCapabilities, typeof core.ServerCapabilitiesSchema];
  RequestId: [wire.RequestId, typeof core.RequestIdSchema];
  ProgressToken: [wire.ProgressToken, typeof core.ProgressTokenSchema];
  Cursor: [wire.Cursor, typeof core.CursorSchema];
  Role: [wire.Role, typeof core.RoleSchema];
  LoggingLevel: [wire.LoggingLevel, typeof core.LoggingLevelSchema];
  Icon: [wire.Icon, typeof core.IconSchema];
  Icons: [wire.Icons, typeof core.IconsSchema];
  BaseMetadata: [wire.BaseMetadata, typeof core.BaseMetadataSchema];
  Implementation: [wire.Implementation, typeof core.ImplementationSchema];
  Annotations: [wire.Annotations, typeof core.AnnotationsSchema];
  ResourceTemplateReference: [wire.ResourceTemplateReference, typeof core.ResourceTemplateReferenceSchema];
  PromptReference: [wire.PromptReference, typeof core.PromptReferenceSchema];
  TextContent: [wire.TextContent, typeof core.TextContentSchema];
  ImageContent: [wire.ImageContent, typeof core.ImageContentSchema];
  AudioContent: [wire.AudioContent, typeof core.AudioContentSchema];
  ResourceLink: [wire.ResourceLink, typeof core.ResourceLinkSchema];
  EmbeddedResource: [wire.EmbeddedResource, typeof core.EmbeddedResourceSchema];
  ContentBlock: [wire.ContentBlock, typeof core.ContentBlockSchema];
  ToolUseContent: [wire.ToolUseContent, typeof core.ToolUseContentSchema];
  ToolResultContent: [wire.ToolResultContent, typeof core.ToolResultContentSchema];
  StringSchema: [wire.StringSchema, typeof core.StringSchemaSchema];
  NumberSchema: [wire.NumberSchema, typeof core.NumberSchemaSchema];
  BooleanSchema: [wire.BooleanSchema, typeof core.BooleanSchemaSchema];
  UntitledSingleSelectEnumSchema: [
    wire.UntitledSingleSelectEnumSchema,
    typeof core.UntitledSingleSelectEnumSchemaSchema,
  ];
  TitledSingleSelectEnumSchema: [
    wire.TitledSingleSelectEnumSchema,
    typeof core.TitledSingleSelectEnumSchemaSchema,
  ];
  SingleSelectEnumSchema: [wire.SingleSelectEnumSchema, typeof core.SingleSelectEnumSchemaSchema];
  UntitledMultiSelectEnumSchema: [
    wire.UntitledMultiSelectEnumSchema,
    typeof core.UntitledMultiSelectEnumSchemaSchema,
  ];
  TitledMultiSelectEnumSchema: [
    wire.TitledMultiSelectEnumSchema,
    typeof core.TitledMultiSelectEnumSchemaSchema,
  ];
  MultiSelectEnumSchema: [wire.MultiSelectEnumSchema, typeof core.MultiSelectEnumSchemaSchema];
  LegacyTitledEnumSchema: [wire.LegacyTitledEnumSchema, typeof core.LegacyTitledEnumSchemaSchema];
  EnumSchema: [wire.EnumSchema, typeof core.EnumSchemaSchema];
  PrimitiveSchemaDefinition: [wire.PrimitiveSchemaDefinition, typeof core.PrimitiveSchemaDefinitionSchema];
  ElicitRequestFormParams: [wire.ElicitRequestFormParams, typeof core.ElicitRequestFormParamsSchema];
  JSONValue: [wire.JSONValue, typeof core.JSONValueSchema];
  JSONObject: [wire.JSONObject, typeof core.JSONObjectSchema];
  JSONArray: [wire.JSONArray, typeof core.JSONArraySchema];
  JSONRPCRequest: [wire.JSONRPCRequest, typeof core.JSONRPCRequestSchema];
  JSONRPCErrorResponse: [wire.JSONRPCErrorResponse, typeof core.JSONRPCErrorResponseSchema];
  LoggingMessageNotificationParams: [
    wire.LoggingMessageNotificationParams,
    typeof core.LoggingMessageNotificationParamsSchema,
  ];
  ResultMetaObject: [wire.ResultMetaObject, typeof core.ResultMetaObjectSchema];
  ProgressNotificationParams: [wire.ProgressNotificationParams, typeof core.ProgressNotificationParamsSchema];
  PromptArgument: [wire.PromptArgument, typeof core.PromptArgumentSchema];
  Prompt: [wire.Prompt, typeof core.PromptSchema];
  PromptMessage: [wire.PromptMessage, typeof core.PromptMessageSchema];
  Resource: [wire.Resource, typeof core.ResourceSchema];
  ResourceTemplate: [wire.ResourceTemplate, typeof core.ResourceTemplateSchema];
  ResourceContents: [wire.ResourceContents, typeof core.ResourceContentsSchema];
  TextResourceContents: [wire.TextResourceContents, typeof core.TextResourceContentsSchema];
  BlobResourceContents: [wire.BlobResourceContents, typeof core.BlobResourceContentsSchema];
  ResourceUpdatedNotificationParams: [
    wire.ResourceUpdatedNotificationParams,
    typeof core.ResourceUpdatedNotificationParamsSchema,
  ];
  Root: [wire.Root, typeof core.RootSchema];
  ListRootsRequest: [wire.ListRootsRequest, typeof core.ListRootsRequestSchema];
  ListRootsResult: [wire.ListRootsResult, typeof core.ListRootsResultSchema];
  SamplingMessageContentBlock: [
    wire.SamplingMessageContentBlock,
    typeof core.SamplingMessageContentBlockSchema,
  ];
  SamplingMessage: [wire.SamplingMessage, typeof core.SamplingMessageSchema];
  ModelHint: [wire.ModelHint, typeof core.ModelHintSchema];
  ModelPreferences: [wire.ModelPreferences, typeof core.ModelPreferencesSchema];
  ToolChoice: [wire.ToolChoice, typeof core.ToolChoiceSchema];
  CreateMessageRequestParams: [wire.CreateMessageRequestParams, typeof core.CreateMessageRequestParamsSchema];
  CreateMessageRequest: [wire.CreateMessageRequest, typeof core.CreateMessageRequestSchema];
  SubscriptionFilter: [wire.SubscriptionFilter, typeof core.SubscriptionFilterSchema];
  SubscriptionsAcknowledgedNotificationParams: [
    wire.SubscriptionsAcknowledgedNotificationParams,
    typeof core.SubscriptionsAcknowledgedNotificationParamsSchema,
  ];
  ToolAnnotations: [wire.ToolAnnotations, typeof core.ToolAnnotationsSchema];
  Tool: [wire.Tool, typeof core.ToolSchema];
}
export type SharedAgree = None<Failing<Shared, unknown>>;

/** Their results have no `resultType`: it is taken off before a caller sees it. */
interface Results {
  CompleteResult: [wire.CompleteResult, typeof core.CompleteResultSchema];
  Result: [wire.Result, typeof core.ResultSchema];
  PaginatedResult: [wire.PaginatedResult, typeof core.PaginatedResultSchema];
  GetPromptResult: [wire.GetPromptResult, typeof core.GetPromptResultSchema];
  SubscriptionsListenResult: [wire.SubscriptionsListenResult, typeof core.SubscriptionsListenResultSchema];
  CallToolResult: [wire.CallToolResult, typeof core.CallToolResultSchema];
}
export type ResultsAgree = None<Failing<Results, { resultType: string }>>;

/** Nor do they require the caching hints. */
interface CacheableResults {
  DiscoverResult: [wire.DiscoverResult, typeof core.DiscoverResultSchema];
  ListPromptsResult: [wire.ListPromptsResult, typeof core.ListPromptsResultSchema];
  ListResourcesResult: [wire.ListResourcesResult, typeof core.ListResourcesResultSchema];
  ListResourceTemplatesResult: [
    wire.ListResourceTemplatesResult,
    typeof core.ListResourceTemplatesResultSchema,
  ];
  ReadResourceResult: [wire.ReadResourceResult, typeof core.ReadResourceResultSchema];
  ListToolsResult: [wire.ListToolsResult, typeof core.ListToolsResultSchema];
}
export type CacheableResultsAgree = None<
  Failing<CacheableResults, { resultType: string; ttlMs: number; cacheScope: 'public' | 'private' }>
>;

/** Their requests have neither `id` nor a required `_meta`. */
interface Requests {
  CompleteRequest: [wire.CompleteRequest, typeof core.CompleteRequestSchema];
  DiscoverRequest: [wire.DiscoverRequest, typeof core.DiscoverRequestSchema];
  PaginatedRequest: [wire.PaginatedRequest, typeof core.PaginatedRequestSchema];
  ListPromptsRequest: [wire.ListPromptsRequest, typeof core.ListPromptsRequestSchema];
  GetPromptRequest: [wire.GetPromptRequest, typeof core.GetPromptRequestSchema];
  ListResourcesRequest: [wire.ListResourcesRequest, typeof core.ListResourcesRequestSchema];
  ListResourceTemplatesRequest: [
    wire.ListResourceTemplatesRequest,
    typeof core.ListResourceTemplatesRequestSchema,
  ];
  ReadResourceRequest: [wire.ReadResourceRequest, typeof core.ReadResourceRequestSchema];
  SubscriptionsListenRequest: [wire.SubscriptionsListenRequest, typeof core.SubscriptionsListenRequestSchema];
  ListToolsRequest: [wire.ListToolsRequest, typeof core.ListToolsRequestSchema];
  CallToolRequest: [wire.CallToolRequest, typeof core.CallToolRequestSchema];
}
export type RequestsAgree = None<
  Failing<Requests, { jsonrpc: '2.0'; id: wire.RequestId; params: { _meta: wire.RequestMetaObject } }>
>;

/** Nor do their params. */
interface Params {
  CompleteRequestParams: [wire.CompleteRequestParams, typeof core.CompleteRequestParamsSchema];
  PaginatedRequestParams: [wire.PaginatedRequestParams, typeof core.PaginatedRequestParamsSchema];
  GetPromptRequestParams: [wire.GetPromptRequestParams, typeof core.GetPromptRequestParamsSchema];
  ResourceRequestParams: [wire.ResourceRequestParams, typeof core.ResourceRequestParamsSchema];
  ReadResourceRequestParams: [wire.ReadResourceRequestParams, typeof core.ReadResourceRequestParamsSchema];
  SubscriptionsListenRequestParams: [
    wire.SubscriptionsListenRequestParams,
    typeof core.SubscriptionsListenRequestParamsSchema,
  ];
  CallToolRequestParams: [wire.CallToolRequestParams, typeof core.CallToolRequestParamsSchema];
}
export type ParamsAgree = None<Failing<Params, { _meta: wire.RequestMetaObject }>>;

/** Their notifications have no `jsonrpc`. */
interface Notifications {
  JSONRPCNotification: [wire.JSONRPCNotification, typeof core.JSONRPCNotificationSchema];
  LoggingMessageNotification: [wire.LoggingMessageNotification, typeof core.LoggingMessageNotificationSchema];
  ProgressNotification: [wire.ProgressNotification, typeof core.ProgressNotificationSchema];
  PromptListChangedNotification: [
    wire.PromptListChangedNotification,
    typeof core.PromptListChangedNotificationSchema,
  ];
  ResourceListChangedNotification: [
    wire.ResourceListChangedNotification,
    typeof core.ResourceListChangedNotificationSchema,
  ];
  ResourceUpdatedNotification: [
    wire.ResourceUpdatedNotification,
    typeof core.ResourceUpdatedNotificationSchema,
  ];
  SubscriptionsAcknowledgedNotification: [
    wire.SubscriptionsAcknowledgedNotification,
    typeof core.SubscriptionsAcknowledgedNotificationSchema,
  ];
  ToolListChangedNotification: [
    wire.ToolListChangedNotification,
    typeof core.ToolListChangedNotificationSchema,
  ];
}
export type NotificationsAgree = None<Failing<Notifications, { jsonrpc: '2.0' }>>;
