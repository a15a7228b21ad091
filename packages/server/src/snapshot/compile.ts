import type { DiscoverResult, Implementation, JSONObject, ServerCapabilities } from '@switchyard/wire';
import { META } from '@switchyard/wire';
import type { CacheableMethod, CacheHint } from '../define/cache-hint.ts';
import { resolveCacheHint } from '../define/cache-hint.ts';
import type { DeclaredPrompt } from '../define/declare-prompt.ts';
import type { DeclaredTool } from '../define/declare-tool.ts';
import type { Extension } from '../define/extension.ts';
import { SUPPORTED_VERSIONS } from '../ladder/body-rungs.ts';
import { compileAround } from '../operations/around.ts';
import { completionComplete } from '../operations/completion-complete.ts';
import { serveExtensions } from '../operations/extension-host.ts';
import { extensionOperations } from '../operations/extension-method.ts';
import { discoverOperation, listOperation } from '../operations/lists.ts';
import type { Middleware } from '../operations/middleware.ts';
import { promptsGet } from '../operations/prompts-get.ts';
import { resourcesRead } from '../operations/resources-read.ts';
import { subscriptionsListen } from '../operations/subscriptions-listen.ts';
import { toolsCall } from '../operations/tools-call.ts';
import type { Runtime } from '../runtime.ts';
import type { Operation, Snapshot } from '../walk.ts';
import { compilePrompt } from './compile-prompt.ts';
import { compileTool } from './compile-tool.ts';
import type {
  CompiledExtension,
  CompiledPrompt,
  CompiledResource,
  CompiledTemplate,
  CompiledTool,
} from './definitions.ts';
import type { ListItem } from './list.ts';
import { List } from './list.ts';
import { Prepared } from './prepared.ts';

/** What makes validators of what was declared. */
export interface Compilers {
  compileTool(declared: DeclaredTool): Promise<CompiledTool>;
  compilePrompt(declared: DeclaredPrompt): Promise<CompiledPrompt>;
}

/** The compilers of single definitions. */
export const compilers: Compilers = { compileTool, compilePrompt };

/** What a server is, apart from its definitions. */
export interface Identity {
  readonly info: Implementation;
  readonly instructions: string | undefined;
  /** Whether results carry the server's name. */
  readonly announce: boolean;
  readonly logging: boolean;
  readonly experimental: Readonly<Record<string, JSONObject>> | undefined;
  readonly cacheHints: Partial<Record<CacheableMethod, CacheHint>>;
  readonly pageSize: number;
  /** Whether listening is offered. */
  readonly listen: boolean;
}

/** The compiled definitions. */
export interface Parts {
  readonly tools: readonly CompiledTool[];
  readonly prompts: readonly CompiledPrompt[];
  readonly resources: readonly CompiledResource[];
  readonly templates: readonly CompiledTemplate[];
  readonly extensions: readonly Extension[];
  readonly middleware: readonly Middleware[];
  /** Kinds that have, or have had, definitions: their capability is declared even while the list is empty. */
  readonly kinds: Snapshot['kinds'];
}

/** Compiles parts into a snapshot. */
export async function compileSnapshot(identity: Identity, parts: Parts, runtime: Runtime): Promise<Snapshot> {
  const meta = identity.announce ? Object.freeze({ [META.serverInfo]: identity.info }) : undefined;
  const operations = new Map<string, Operation>();
  const add = (operation: Operation): unknown => operations.set(operation.method, operation);
  for (const operation of listOperations(identity, parts, meta)) add(operation);
  add(discoverOperation(new Prepared(discoverResult(identity, parts, meta))));
  if (identity.listen) add(subscriptionsListen);
  if (offersCompletion(parts)) add(completionComplete);
  for (const extension of parts.extensions)
    for (const operation of await extensionOperations(extension)) add(operation);
  const snapshot: Snapshot = {
    operations,
    tools: new Map(parts.tools.map((tool) => [tool.name, tool])),
    prompts: new Map(parts.prompts.map((prompt) => [prompt.name, prompt])),
    resources: new Map(parts.resources.map((resource) => [resource.uri, resource])),
    templates: parts.templates,
    extensions: new Map(parts.extensions.map((extension) => [extension.id, compileExtension(extension)])),
    listenFields: listenFields(parts.extensions),
    around: compileAround(parts),
    meta,
    metaJson: meta === undefined ? undefined : JSON.stringify(meta),
    kinds: parts.kinds,
    place: () => serveExtensions(parts.extensions, runtime, snapshot),
  };
  return snapshot;
}

type Meta = Readonly<Record<string, unknown>> | undefined;

function listOperations(identity: Identity, parts: Parts, meta: Meta): Operation[] {
  const { kinds } = parts;
  const list = (method: CacheableMethod, member: string, items: readonly ListItem[]): Operation => {
    const cacheHint = resolveCacheHint(identity.cacheHints[method]);
    return listOperation(method, new List({ member, items, pageSize: identity.pageSize, cacheHint, meta }));
  };
  const operations: Operation[] = [];
  if (kinds.tools) {
    const items = parts.tools.map(({ name, entry, visible }) => ({ key: name, entry, visible }));
    operations.push(list('tools/list', 'tools', items), toolsCall);
  }
  if (kinds.prompts) {
    const items = parts.prompts.map(({ name, entry, visible }) => ({ key: name, entry, visible }));
    operations.push(list('prompts/list', 'prompts', items), promptsGet);
  }
  if (kinds.resources) {
    const items = parts.resources.map(({ uri, entry, visible }) => ({ key: uri, entry, visible }));
    const templates = parts.templates.map(({ entry, visible }) => ({
      key: entry.uriTemplate,
      entry,
      visible,
    }));
    operations.push(list('resources/list', 'resources', items), resourcesRead);
    operations.push(list('resources/templates/list', 'resourceTemplates', templates));
  }
  return operations;
}

function discoverResult(identity: Identity, parts: Parts, meta: Meta): DiscoverResult {
  const result: DiscoverResult = {
    resultType: 'complete',
    supportedVersions: [...SUPPORTED_VERSIONS],
    capabilities: capabilities(identity, parts),
    ...resolveCacheHint(identity.cacheHints['server/discover']),
  };
  if (identity.instructions !== undefined) result.instructions = identity.instructions;
  if (meta !== undefined) result._meta = { ...meta };
  return result;
}

function capabilities({ listen, logging, experimental }: Identity, parts: Parts): ServerCapabilities {
  const { tools, prompts, resources } = parts.kinds;
  const listChanged = listen ? { listChanged: true } : {};
  const declared: ServerCapabilities = {};
  if (tools) declared.tools = listChanged;
  if (prompts) declared.prompts = listChanged;
  if (resources) declared.resources = listen ? { subscribe: true, listChanged: true } : {};
  if (offersCompletion(parts)) declared.completions = {};
  if (logging) declared.logging = {};
  if (experimental !== undefined) declared.experimental = { ...experimental };
  if (parts.extensions.length > 0) {
    declared.extensions = Object.fromEntries(parts.extensions.map(({ id, settings = {} }) => [id, settings]));
  }
  return declared;
}

function offersCompletion({ prompts, templates }: Parts): boolean {
  return [...prompts, ...templates].some(({ complete }) => Object.keys(complete).length > 0);
}

function compileExtension({ id, resultTypes = [] }: Extension): CompiledExtension {
  return { id, resultTypes: new Set(resultTypes) };
}

function listenFields(extensions: readonly Extension[]): Snapshot['listenFields'] {
  const fields = extensions.flatMap(({ id, listen = {} }) =>
    Object.entries(listen).map(([name, field]) => [name, { extension: id, field }] as const),
  );
  return new Map(fields);
}
