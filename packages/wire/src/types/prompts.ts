import type { BaseMetadata, Icons, Role } from './common.ts';
import type { ContentBlock } from './content.ts';
import type { InputRequiredResult, InputResponseRequestParams } from './input.ts';
import type { JSONRPCNotification, JSONRPCRequest, JSONRPCResultResponse, Result } from './jsonrpc.ts';
import type { CacheableResult, PaginatedRequest, PaginatedResult } from './lists.ts';
import type { MetaObject, NotificationParams } from './meta.ts';

/** An argument of a prompt. Spec: schema#promptargument. */
export interface PromptArgument extends BaseMetadata {
  description?: string;
  /** Default: false. */
  required?: boolean;
}

/** A prompt the server offers. Spec: server/prompts#prompt. */
export interface Prompt extends BaseMetadata, Icons {
  description?: string;
  arguments?: PromptArgument[];
  _meta?: MetaObject;
}

/** One message of a prompt. Spec: server/prompts#promptmessage. */
export interface PromptMessage {
  role: Role;
  content: ContentBlock;
}

/** Asks for a page of prompts. Spec: server/prompts#listing-prompts. */
export interface ListPromptsRequest extends PaginatedRequest {
  method: 'prompts/list';
}

/** A page of prompts. Spec: schema#listpromptsresult. */
export interface ListPromptsResult extends PaginatedResult, CacheableResult {
  prompts: Prompt[];
}

/** The answer to `prompts/list`. Spec: schema#listpromptsresultresponse. */
export interface ListPromptsResultResponse extends JSONRPCResultResponse {
  result: ListPromptsResult;
}

/** Params of `prompts/get`. Spec: schema#getpromptrequestparams. */
export type GetPromptRequestParams = InputResponseRequestParams & {
  name: string;
  arguments?: { [key: string]: string };
};

/** Asks for a prompt's messages. Spec: server/prompts#getting-a-prompt. */
export interface GetPromptRequest extends JSONRPCRequest {
  method: 'prompts/get';
  params: GetPromptRequestParams;
}

/** A prompt's messages. Spec: schema#getpromptresult. */
export interface GetPromptResult extends Result {
  description?: string;
  messages: PromptMessage[];
}

/** The answer to `prompts/get`. Spec: schema#getpromptresultresponse. */
export interface GetPromptResultResponse extends JSONRPCResultResponse {
  result: GetPromptResult | InputRequiredResult;
}

/** Tells listeners that the list of prompts changed. Spec: server/prompts#list-changed-notification. */
export interface PromptListChangedNotification extends JSONRPCNotification {
  method: 'notifications/prompts/list_changed';
  params?: NotificationParams;
}
