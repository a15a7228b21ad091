import type { SchemaInput } from '@switchyard/schema';
import type { Implementation } from '@switchyard/wire';
import type { Core } from './core.ts';
import { createCore } from './core.ts';
import { createRuntime } from './create-runtime.ts';
import { checkCacheHints } from './define/cache-hint.ts';
import { declarePrompt } from './define/declare-prompt.ts';
import { declareTool } from './define/declare-tool.ts';
import type { Extension } from './define/extension.ts';
import type { PromptArguments, PromptDefinition, PromptHandler } from './define/prompt.ts';
import { Registry } from './define/registry.ts';
import type {
  ResourceDefinition,
  ResourceHandler,
  ResourceTemplateDefinition,
  ResourceTemplateHandler,
} from './define/resource.ts';
import type { ToolDefinition, ToolHandler } from './define/tool.ts';
import { serveFetch } from './fronts/fetch.ts';
import type { Notify } from './notify.ts';
import { createNotify } from './notify.ts';
import type { Middleware } from './operations/middleware.ts';
import type { ServerOptions } from './options.ts';
import type { Runtime } from './runtime.ts';
import type { Identity } from './snapshot/compile.ts';
import { compileResource, compileTemplate } from './snapshot/compile-resource.ts';
import { Snapshots } from './snapshot/snapshots.ts';

/** A definition that is being served; both calls take effect at once and tell whoever listens. */
export interface Registered<Update> {
  readonly update: Update;
  remove(): void;
}

/** A server: definitions in, answers out. It holds nothing of any caller between two requests. */
export interface Server {
  /** Adds a tool. Throws `TypeError` for a declaration that is not sound, or a name that is taken. */
  registerTool<
    const Input extends SchemaInput | undefined = undefined,
    const Output extends SchemaInput | undefined = undefined,
  >(
    name: string,
    definition: ToolDefinition<Input, Output>,
    handler: ToolHandler<Input, Output>,
  ): Registered<(definition: ToolDefinition<Input, Output>, handler: ToolHandler<Input, Output>) => void>;
  /** Adds a resource with one URI. */
  registerResource(
    name: string,
    uri: string,
    definition: ResourceDefinition,
    handler: ResourceHandler,
  ): Registered<(definition: ResourceDefinition, handler: ResourceHandler) => void>;
  /** Adds a family of resources, addressed by an RFC 6570 template. */
  registerResourceTemplate(
    name: string,
    uriTemplate: string,
    definition: ResourceTemplateDefinition,
    handler: ResourceTemplateHandler,
  ): Registered<(definition: ResourceTemplateDefinition, handler: ResourceTemplateHandler) => void>;
  /** Adds a prompt. */
  registerPrompt<const Args extends PromptArguments | undefined = undefined>(
    name: string,
    definition: PromptDefinition<Args>,
    handler: PromptHandler<Args>,
  ): Registered<(definition: PromptDefinition<Args>, handler: PromptHandler<Args>) => void>;
  /** Adds an extension of the protocol. */
  registerExtension(extension: Extension): void;
  /** Wraps every operation but listening. */
  use(middleware: Middleware): void;
  /** Tells whoever listens, on every instance that shares the bus, that something changed. */
  readonly notify: Notify;
  /** Answers one HTTP request; the front for Bun, Deno, Workers and other hosts of the fetch standard. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Compiles what is registered; rejects where a schema cannot be compiled. Serving waits for it by itself. */
  ready(): Promise<void>;
  /**
   * Takes no new requests, ends listen streams gracefully, and waits for what is under way, at most `timeoutMs`
   * milliseconds; what then still runs is stopped and its caller told. @default 10000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** For fronts: the core that they are adapters to. */
  readonly core: Core;
}

/**
 * Makes a server.
 * `info` is what it says it is; `options` has a safe default for everything. Throws `TypeError` for options that are not sound.
 */
export function createServer(info: Implementation, options: ServerOptions = {}): Server {
  if (typeof info.name !== 'string' || typeof info.version !== 'string') {
    throw new TypeError('A server needs a name and a version.');
  }
  const runtime = createRuntime(options);
  const notify = createNotify(runtime.hub.bus, (error) => runtime.reportError(error, 'publishing an event'));
  const snapshots = new Snapshots({
    compile: async () => {
      // What serves requests is loaded with the first definitions to serve, and not by whoever only declares them.
      const { compilers, compileSnapshot } = await import('./snapshot/compile.ts');
      await runtime.ready();
      return compileSnapshot(identity, await registry.parts(compilers), runtime);
    },
    changed: (kinds) => notify.listsChanged(kinds),
    failed: (error) => runtime.reportError(error, 'compiling changed definitions'),
    telemetry: runtime.telemetry,
  });
  const registry = new Registry((kind) => snapshots.invalidate(kind));
  const identity = toIdentity(info, options);
  const core = createCore(runtime, snapshots);
  return {
    ...registrations(registry, runtime, options),
    registerExtension: (extension) => registry.addExtension(extension),
    use: (middleware) => registry.addMiddleware(middleware),
    notify,
    fetch: (request) => serveFetch(core, request),
    ready: () => snapshots.ready(),
    close: ({ timeoutMs = 10_000 } = {}) => runtime.close(timeoutMs),
    core,
  };
}

type Registrations = Pick<
  Server,
  'registerTool' | 'registerResource' | 'registerResourceTemplate' | 'registerPrompt'
>;

function registrations(registry: Registry, runtime: Runtime, { cacheHints }: ServerOptions): Registrations {
  const fallback = cacheHints?.['resources/read'];
  return {
    registerTool(name, definition, handler) {
      const { update, remove } = registry.addTool(declareTool(name, definition, handler));
      if (!TOOL_NAME.test(name)) runtime.warnOnce(unusualName(name));
      return { update: (next, nextHandler) => update(declareTool(name, next, nextHandler)), remove };
    },
    registerPrompt(name, definition, handler) {
      const { update, remove } = registry.addPrompt(declarePrompt(name, definition, handler));
      return { update: (next, nextHandler) => update(declarePrompt(name, next, nextHandler)), remove };
    },
    // biome-ignore lint/complexity/useMaxParams: the vocabulary of the official SDK.
    registerResource(name, address, definition, handler) {
      const compile = (next: ResourceDefinition, nextHandler: ResourceHandler) =>
        compileResource({ name, address, definition: next, handler: nextHandler }, fallback);
      const { update, remove } = registry.addResource(compile(definition, handler));
      return { update: (next, nextHandler) => update(compile(next, nextHandler)), remove };
    },
    // biome-ignore lint/complexity/useMaxParams: the vocabulary of the official SDK.
    registerResourceTemplate(name, address, definition, handler) {
      const compile = (next: ResourceTemplateDefinition, nextHandler: ResourceTemplateHandler) =>
        compileTemplate({ name, address, definition: next, handler: nextHandler }, fallback);
      const { update, remove } = registry.addTemplate(compile(definition, handler));
      return { update: (next, nextHandler) => update(compile(next, nextHandler)), remove };
    },
  };
}

/** See https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-names. */
const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

const unusualName = (name: string): string =>
  `The name of the tool '${name.slice(0, 128)}' is served, but clients may refuse it: ` +
  'it should be 1 to 128 ASCII letters, digits, underscores, hyphens and dots.';

function toIdentity(info: Implementation, options: ServerOptions): Identity {
  const {
    instructions,
    announce = true,
    logging = false,
    experimental,
    cacheHints = {},
    pageSize = 0,
  } = options;
  if (!Number.isSafeInteger(pageSize) || pageSize < 0)
    throw new TypeError('pageSize must be a whole number of at least 0.');
  checkCacheHints(cacheHints);
  const listen = options.limits?.streams !== 0;
  return { info: { ...info }, instructions, announce, logging, experimental, cacheHints, pageSize, listen };
}
