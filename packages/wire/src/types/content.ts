import type { Annotations } from './common.ts';
import type { MetaObject } from './meta.ts';
import type { BlobResourceContents, Resource, TextResourceContents } from './resource.ts';

/** Text to or from a model. Spec: schema#textcontent. */
export interface TextContent {
  type: 'text';
  text: string;
  annotations?: Annotations;
  _meta?: MetaObject;
}

/** An image to or from a model. Spec: schema#imagecontent. */
export interface ImageContent {
  type: 'image';
  /** Base64. */
  data: string;
  mimeType: string;
  annotations?: Annotations;
  _meta?: MetaObject;
}

/** Sound to or from a model. Spec: schema#audiocontent. */
export interface AudioContent {
  type: 'audio';
  /** Base64. */
  data: string;
  mimeType: string;
  annotations?: Annotations;
  _meta?: MetaObject;
}

/** A pointer to a resource, which need not be in `resources/list`. Spec: schema#resourcelink. */
export interface ResourceLink extends Resource {
  type: 'resource_link';
}

/** A resource's contents, carried along. Spec: schema#embeddedresource. */
export interface EmbeddedResource {
  type: 'resource';
  resource: TextResourceContents | BlobResourceContents;
  annotations?: Annotations;
  _meta?: MetaObject;
}

/** One piece of a tool result or a prompt message. Spec: schema#contentblock. */
export type ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource;

/**
 * A model's call of a tool.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#toolusecontent.
 */
export interface ToolUseContent {
  type: 'tool_use';
  /** Ties the result to the call. */
  id: string;
  name: string;
  /** The arguments. */
  input: { [key: string]: unknown };
  _meta?: MetaObject;
}

/**
 * The result of a model's call of a tool.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#toolresultcontent.
 */
export interface ToolResultContent {
  type: 'tool_result';
  /** The `id` of the call. */
  toolUseId: string;
  content: ContentBlock[];
  structuredContent?: unknown;
  /** Default: false. */
  isError?: boolean;
  _meta?: MetaObject;
}
