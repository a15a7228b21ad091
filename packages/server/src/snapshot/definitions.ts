import type { CompiledSchema } from '@switchyard/schema';
import type {
  ClientCapabilities,
  HeaderBinding,
  Prompt,
  Resource,
  ResourceTemplate,
  Tool,
  UriTemplate,
} from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { CacheHint } from '../define/cache-hint.ts';
import type { Completers } from '../define/completion.ts';
import type { ListenField } from '../define/extension.ts';
import type { ResourceHandler, ResourceTemplateHandler } from '../define/resource.ts';
import type { Visibility } from '../identity/visibility.ts';

/** All definitions of a server, compiled for serving. Immutable. */
export interface Definitions {
  readonly tools: ReadonlyMap<string, CompiledTool>;
  readonly prompts: ReadonlyMap<string, CompiledPrompt>;
  readonly resources: ReadonlyMap<string, CompiledResource>;
  readonly templates: readonly CompiledTemplate[];
  readonly extensions: ReadonlyMap<string, CompiledExtension>;
  /** Extension fields of the listen filter, by field name. */
  readonly listenFields: ReadonlyMap<string, { readonly extension: string; readonly field: ListenField }>;
  /** The `_meta` that every result carries, and its JSON text; absent where the server keeps its name to itself. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
  readonly metaJson: string | undefined;
  /** Which lists can change, so that listening to them makes sense. */
  readonly kinds: { readonly tools: boolean; readonly prompts: boolean; readonly resources: boolean };
}

export interface CompiledTool {
  readonly name: string;
  /** As `tools/list` shows it. */
  readonly entry: Tool;
  readonly visible: Visibility | undefined;
  readonly requires: ClientCapabilities | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  /** Absent where the tool declares no arguments. */
  readonly input: CompiledSchema | undefined;
  readonly output: CompiledSchema | undefined;
  readonly bindings: readonly HeaderBinding[];
  readonly call: (args: unknown, ctx: RequestContext) => unknown;
}

export interface CompiledPrompt {
  readonly name: string;
  readonly entry: Prompt;
  readonly visible: Visibility | undefined;
  readonly args: PromptCheck | undefined;
  readonly complete: Completers;
  readonly call: (args: unknown, ctx: RequestContext) => unknown;
}

/** Holds a prompt's arguments to their declaration. */
export type PromptCheck = (
  args: Readonly<Record<string, string>>,
) => CheckedArguments | Promise<CheckedArguments>;

export type CheckedArguments =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

export interface CompiledResource {
  readonly uri: string;
  readonly entry: Resource;
  readonly visible: Visibility | undefined;
  readonly cacheHint: Required<CacheHint>;
  readonly read: ResourceHandler;
}

export interface CompiledTemplate {
  readonly template: UriTemplate;
  readonly entry: ResourceTemplate;
  readonly visible: Visibility | undefined;
  readonly cacheHint: Required<CacheHint>;
  readonly complete: Completers;
  readonly read: ResourceTemplateHandler;
}

export interface CompiledExtension {
  readonly id: string;
  readonly resultTypes: ReadonlySet<string>;
}
