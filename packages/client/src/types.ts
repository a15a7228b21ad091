import type {
  CallToolResult,
  CompleteRequestParams,
  CompleteResult,
  DiscoverResult,
  GetPromptResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  Result,
  SubscriptionFilter,
  Tool,
} from '@switchyard/wire';
import type { CallOptions } from './call/call-options.ts';
import type { PendingCall } from './input/pending-call.ts';
import type { Params } from './link.ts';
import type { ListenOptions, Subscription } from './listen/subscription.ts';

/** What is known of a tool's types. */
export interface ToolType {
  /** Its arguments. */
  readonly input?: unknown;
  /** Its `structuredContent`. */
  readonly output?: unknown;
}

/** What a tool answered, with the type of its structured content. */
export type ToolResult<Type extends ToolType> = CallToolResult & {
  structuredContent?: unknown extends Type['output'] ? unknown : Type['output'];
};

/** The arguments of a tool. */
export type ToolArguments<Type extends ToolType> = unknown extends Type['input'] ? Params : Type['input'];

/** Options of a call whose input rounds the caller answers. The capabilities must be declared by hand. */
export type ManualOptions = CallOptions & { readonly input: 'manual' };

/** Calls the methods of one server. Nothing is connected: the first call carries everything, and so does every other. */
export interface Client<Tools extends { readonly [Name in keyof Tools]: ToolType } = Record<string, ToolType>>
  extends AsyncDisposable {
  /** Calls a tool and gives back what the server asks for, to be answered now, later or elsewhere. */
  callTool<Name extends keyof Tools & string>(
    name: Name,
    args: ToolArguments<Tools[Name]> | undefined,
    options: ManualOptions,
  ): Promise<ToolResult<Tools[Name]> | PendingCall<ToolResult<Tools[Name]>>>;
  /** Calls a tool. A tool's own failure is a result with `isError`. Spec: server/tools#calling-tools. */
  callTool<Name extends keyof Tools & string>(
    name: Name,
    args?: ToolArguments<Tools[Name]>,
    options?: CallOptions,
  ): Promise<ToolResult<Tools[Name]>>;
  /** The same, in one object. */
  callTool<Name extends keyof Tools & string>(
    call: { readonly name: Name; readonly arguments?: ToolArguments<Tools[Name]> },
    options?: CallOptions,
  ): Promise<ToolResult<Tools[Name]>>;
  /** Every tool that can be called. Spec: server/tools#listing-tools. */
  listTools(options?: CallOptions): Promise<{ readonly tools: readonly Tool[] }>;
  /** One page of tools, the first where no cursor is given. */
  listToolsPage(cursor?: string, options?: CallOptions): Promise<ListToolsResult>;
  /** Every resource. Spec: server/resources#listing-resources. */
  listResources(options?: CallOptions): Promise<{ readonly resources: readonly Resource[] }>;
  /** One page of resources. */
  listResourcesPage(cursor?: string, options?: CallOptions): Promise<ListResourcesResult>;
  /** Every template of resources. Spec: server/resources#resource-templates. */
  listResourceTemplates(
    options?: CallOptions,
  ): Promise<{ readonly resourceTemplates: readonly ResourceTemplate[] }>;
  /** One page of templates of resources. */
  listResourceTemplatesPage(cursor?: string, options?: CallOptions): Promise<ListResourceTemplatesResult>;
  /** Reads a resource. Spec: server/resources#reading-resources. */
  readResource(uri: string | { readonly uri: string }, options?: CallOptions): Promise<ReadResourceResult>;
  readResource(
    uri: string | { readonly uri: string },
    options: ManualOptions,
  ): Promise<ReadResourceResult | PendingCall<ReadResourceResult>>;
  /** Every prompt. Spec: server/prompts#listing-prompts. */
  listPrompts(options?: CallOptions): Promise<{ readonly prompts: readonly Prompt[] }>;
  /** One page of prompts. */
  listPromptsPage(cursor?: string, options?: CallOptions): Promise<ListPromptsResult>;
  /** Gets a prompt. Spec: server/prompts#getting-a-prompt. */
  getPrompt(
    name: string,
    args?: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<GetPromptResult>;
  getPrompt(
    name: string,
    args: Readonly<Record<string, string>> | undefined,
    options: ManualOptions,
  ): Promise<GetPromptResult | PendingCall<GetPromptResult>>;
  /** Completes an argument of a prompt or of a template. Spec: server/utilities/completion. */
  complete(completion: Omit<CompleteRequestParams, '_meta'>, options?: CallOptions): Promise<CompleteResult>;
  /** What the server speaks and can do. Spec: server/discover. */
  discover(options?: CallOptions): Promise<DiscoverResult>;
  /** Any request, such as one of an extension. `params` are without `_meta`. */
  request(method: string, params?: Params, options?: CallOptions): Promise<Result>;
  /** Takes up a pending call out of what `serialize()` wrote. Rejects with `TypeError` for another text, with `ClientError` `wrong-server` at another server. */
  pending(text: string): Promise<PendingCall>;
  /** Hears of changes, and drops from the cache what they make stale. Spec: basic/patterns/subscriptions. */
  listen(filter: SubscriptionFilter, options?: ListenOptions): Subscription;
  /** Lets go of connections, and of the process over stdio. Calls under way fail. */
  close(): Promise<void>;
}
