import { isExtensionId, METHODS, NOTIFICATIONS } from '@switchyard/wire';
import type { Middleware } from '../operations/middleware.ts';
import type { Compilers, Parts } from '../snapshot/compile.ts';
import type {
  CompiledPrompt,
  CompiledResource,
  CompiledTemplate,
  CompiledTool,
} from '../snapshot/definitions.ts';
import type { DeclaredPrompt } from './declare-prompt.ts';
import type { DeclaredTool } from './declare-tool.ts';
import type { Extension } from './extension.ts';

/** The lists that definitions appear in. */
export type Kind = 'tools' | 'prompts' | 'resources';

/** One definition that is registered; it can be replaced or removed while the server serves. */
export interface Registration<Declared> {
  /** Puts another definition in this one's place; throws `TypeError`, and changes nothing, where it is not sound. */
  update(declared: Declared): void;
  remove(): void;
}

interface Slot<Declared, Compiled> {
  declared: Declared;
  compiled: Compiled | Promise<Compiled> | undefined;
}

/** Definitions by kind, in the order of registration: the order in which they are listed. */
export class Registry {
  readonly #tools = new Map<string, Slot<DeclaredTool, CompiledTool>>();
  readonly #prompts = new Map<string, Slot<DeclaredPrompt, CompiledPrompt>>();
  readonly #resources = new Map<string, Slot<CompiledResource, CompiledResource>>();
  readonly #templates = new Map<string, Slot<CompiledTemplate, CompiledTemplate>>();
  readonly #extensions: Extension[] = [];
  readonly #middleware: Middleware[] = [];
  readonly #kinds = { tools: false, prompts: false, resources: false };
  readonly #changed: (kind: Kind | undefined) => void;

  /** `changed` is called after every change, with the list that differs, if one does. */
  constructor(changed: (kind: Kind | undefined) => void) {
    this.#changed = changed;
  }

  addTool(declared: DeclaredTool): Registration<DeclaredTool> {
    return this.#add(this.#tools, declared.name, { kind: 'tools', what: 'tool', declared });
  }

  addPrompt(declared: DeclaredPrompt): Registration<DeclaredPrompt> {
    return this.#add(this.#prompts, declared.name, { kind: 'prompts', what: 'prompt', declared });
  }

  addResource(declared: CompiledResource): Registration<CompiledResource> {
    return this.#add(this.#resources, declared.uri, { kind: 'resources', what: 'resource', declared });
  }

  addTemplate(declared: CompiledTemplate): Registration<CompiledTemplate> {
    const key = declared.entry.uriTemplate;
    return this.#add(this.#templates, key, { kind: 'resources', what: 'resource template', declared });
  }

  addMiddleware(middleware: Middleware): void {
    if (typeof middleware !== 'function') throw new TypeError('Middleware must be a function.');
    this.#middleware.push(middleware);
    this.#changed(undefined);
  }

  addExtension(extension: Extension): void {
    checkExtension(extension, this.#extensions);
    this.#extensions.push(extension);
    this.#changed(undefined);
  }

  /** The definitions compiled; what was compiled before is not compiled again. */
  async parts({ compileTool, compilePrompt }: Compilers): Promise<Parts> {
    return {
      tools: await compiledAll(this.#tools, compileTool),
      prompts: await compiledAll(this.#prompts, compilePrompt),
      resources: [...this.#resources.values()].map(({ declared }) => declared),
      templates: [...this.#templates.values()].map(({ declared }) => declared),
      extensions: [...this.#extensions],
      middleware: [...this.#middleware],
      kinds: { ...this.#kinds },
    };
  }

  #add<Declared, Compiled>(
    slots: Map<string, Slot<Declared, Compiled>>,
    key: string,
    { kind, what, declared }: { readonly kind: Kind; readonly what: string; readonly declared: Declared },
  ): Registration<Declared> {
    if (slots.has(key)) throw new TypeError(`There is a ${what} '${key}' already.`);
    const slot: Slot<Declared, Compiled> = { declared, compiled: undefined };
    slots.set(key, slot);
    this.#kinds[kind] = true;
    this.#changed(kind);
    return {
      update: (next) => {
        if (slots.get(key) !== slot) throw new TypeError(`The ${what} '${key}' has been removed.`);
        slot.declared = next;
        slot.compiled = undefined;
        this.#changed(kind);
      },
      remove: () => {
        if (slots.get(key) !== slot) return;
        slots.delete(key);
        this.#changed(kind);
      },
    };
  }
}

function compiledAll<Declared, Compiled>(
  slots: ReadonlyMap<string, Slot<Declared, Compiled>>,
  compile: (declared: Declared) => Promise<Compiled>,
): Promise<Compiled[]> {
  return Promise.all(
    [...slots.values()].map((slot) => {
      slot.compiled ??= compile(slot.declared);
      return slot.compiled;
    }),
  );
}

function checkExtension(
  { id, methods = {}, listen = {}, resultTypes = [] }: Extension,
  known: readonly Extension[],
): void {
  if (!isExtensionId(id))
    throw new TypeError(`'${id}' is not an extension identifier such as 'com.example/name'.`);
  for (const own of [...Object.keys(methods), ...Object.keys(listen), ...resultTypes]) {
    if (CORE.has(own))
      throw new TypeError(`The extension '${id}' cannot redefine '${own}', which is the core's.`);
  }
  for (const other of known) {
    if (other.id === id) throw new TypeError(`The extension '${id}' is registered already.`);
    const taken = Object.keys(methods).find((method) => Object.hasOwn(other.methods ?? {}, method));
    if (taken !== undefined)
      throw new TypeError(`The extensions '${id}' and '${other.id}' both add '${taken}'.`);
    const field = Object.keys(listen).find((name) => Object.hasOwn(other.listen ?? {}, name));
    if (field !== undefined)
      throw new TypeError(`The extensions '${id}' and '${other.id}' both add the listen field '${field}'.`);
  }
}

/** What extensions add to and never replace. */
const CORE: ReadonlySet<string> = new Set([
  ...Object.keys(METHODS),
  ...Object.values(NOTIFICATIONS),
  'initialize',
  'toolsListChanged',
  'promptsListChanged',
  'resourcesListChanged',
  'resourceSubscriptions',
  'complete',
  'input_required',
]);
