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
  Tool,
} from '@switchyard/wire';
import type { CallOptions } from './call/call-options.ts';
import type { Params } from './link.ts';

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

/** Calls the methods of one server. Nothing is connected: the first call carries everything, and so does every other. */
export interface Client<
  Tools extends { readonly [Name in keyof Tools]: ToolType } = Record<string, ToolType>,
> {
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
  /** Completes an argument of a prompt or of a template. Spec: server/utilities/completion. */
  complete(completion: Omit<CompleteRequestParams, '_meta'>, options?: CallOptions): Promise<CompleteResult>;
  /** What the server speaks and can do. Spec: server/discover. */
  discover(options?: CallOptions): Promise<DiscoverResult>;
  /** Any request, such as one of an extension. `params` are without `_meta`. */
  request(method: string, params?: Params, options?: CallOptions): Promise<Result>;
  /** Lets go of connections, and of the process over stdio. Calls under way fail. */
  close(): Promise<void>;
}
