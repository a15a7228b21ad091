import type { HeaderBinding, ListToolsResult, Tool } from '@switchyard/wire';
import { compileHeaderBindings } from '@switchyard/wire';

/** A tool that can be called, and what calling it takes. */
export interface KnownTool {
  readonly tool: Tool;
  readonly bindings: readonly HeaderBinding[];
}

/** How many tools are remembered. Against a server whose list never ends. */
const MAX_TOOLS = 10_000;

/**
 * What is known of a server's tools, from the lists that have been seen. Tools that break the rules of `x-mcp-header` are
 * left out, with a warning that names them. Spec: basic/transports/streamable-http#schema-extension.
 */
export class ToolBook {
  readonly #warn: (message: string) => void;
  readonly #http: boolean;
  readonly #tools = new Map<string, KnownTool>();
  readonly #invalid = new Map<string, string>();
  readonly #pages = new WeakMap<object, readonly Tool[]>();

  constructor(http: boolean, warn: (message: string) => void) {
    this.#http = http;
    this.#warn = warn;
  }

  /** The tools of a page that can be called. A page that is met again, out of the cache, is not read again. */
  read(page: ListToolsResult): readonly Tool[] {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    // Frozen, since everyone who asks gets the same.
    const tools = Object.freeze(page.tools.filter((tool) => this.#learn(tool)));
    this.#pages.set(page, tools);
    return tools;
  }

  get(name: string): KnownTool | undefined {
    return this.#tools.get(name);
  }

  /** Why a tool cannot be called, or undefined. */
  faultOf(name: string): string | undefined {
    return this.#invalid.get(name);
  }

  #learn(tool: Tool): boolean {
    // Only HTTP has headers to break the rules of. Spec: the same section.
    const found = this.#http ? compileHeaderBindings(tool.inputSchema) : NO_BINDINGS;
    if (this.#tools.size + this.#invalid.size >= MAX_TOOLS && !this.#tools.has(tool.name)) return found.ok;
    if (found.ok) {
      this.#invalid.delete(tool.name);
      this.#tools.set(tool.name, { tool, bindings: found.bindings });
      return true;
    }
    if (this.#invalid.get(tool.name) !== found.reason) {
      this.#warn(`The tool ${JSON.stringify(tool.name)} is left out: ${found.reason}.`);
    }
    this.#tools.delete(tool.name);
    this.#invalid.set(tool.name, found.reason);
    return false;
  }
}

const NO_BINDINGS = { ok: true, bindings: [] as readonly HeaderBinding[] } as const;
