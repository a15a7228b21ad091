import type { Role } from './common.ts';
import type {
  AudioContent,
  ImageContent,
  TextContent,
  ToolResultContent,
  ToolUseContent,
} from './content.ts';
import type { JSONObject } from './json.ts';
import type { MetaObject } from './meta.ts';
import type { Tool } from './tool.ts';

/**
 * One piece of a sampling message.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#samplingmessagecontentblock.
 */
export type SamplingMessageContentBlock =
  | TextContent
  | ImageContent
  | AudioContent
  | ToolUseContent
  | ToolResultContent;

/**
 * A message to or from a model.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#samplingmessage.
 */
export interface SamplingMessage {
  role: Role;
  content: SamplingMessageContentBlock | SamplingMessageContentBlock[];
  _meta?: MetaObject;
}

/**
 * A hint for choosing a model.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#modelhint.
 */
export interface ModelHint {
  /** Part of a model's name. */
  name?: string;
}

/**
 * What the server would like of the model; advisory. Priorities run from 0 to 1.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#modelpreferences.
 */
export interface ModelPreferences {
  /** Tried in order, before the priorities. */
  hints?: ModelHint[];
  costPriority?: number;
  speedPriority?: number;
  intelligencePriority?: number;
}

/**
 * Whether the model uses tools.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#toolchoice.
 */
export interface ToolChoice {
  /** Default: `auto`. */
  mode?: 'auto' | 'required' | 'none';
}

/**
 * Params of `sampling/createMessage`.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: client/sampling#creating-messages.
 */
export type CreateMessageRequestParams = {
  messages: SamplingMessage[];
  modelPreferences?: ModelPreferences;
  systemPrompt?: string;
  /** `thisServer` and `allServers` are deprecated since 2025-11-25 (SEP-2596). */
  includeContext?: 'none' | 'thisServer' | 'allServers';
  temperature?: number;
  maxTokens: number;
  stopSequences?: string[];
  metadata?: JSONObject;
  /** Needs the capability `sampling.tools`. */
  tools?: Tool[];
  /** Needs the capability `sampling.tools`. */
  toolChoice?: ToolChoice;
};

/**
 * Asks the client for a model's completion; travels in `inputRequests`.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: client/sampling#creating-messages.
 */
export interface CreateMessageRequest {
  method: 'sampling/createMessage';
  params: CreateMessageRequestParams;
}

/**
 * A model's completion; travels in `inputResponses`.
 *
 * @deprecated Since 2026-07-28 (SEP-2577). Spec: schema#createmessageresult.
 */
export type CreateMessageResult = {
  role: Role;
  content: SamplingMessageContentBlock | SamplingMessageContentBlock[];
  _meta?: MetaObject;
  model: string;
  stopReason?: 'endTurn' | 'stopSequence' | 'maxTokens' | 'toolUse' | (string & Record<never, never>);
};
