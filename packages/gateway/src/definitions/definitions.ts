import type { Tool } from '@switchyard/wire';
import type { Exchange } from '../exchange.ts';
import { callerKey } from '../identify/caller.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { ownQuestion } from '../surface/question.ts';
import type { ResultSource } from '../surface/source.ts';

/** The tools of a server by name, as it defines them. */
export type Tools = ReadonlyMap<string, Tool>;

/** What learning definitions needs. */
export interface DefinitionsParts {
  readonly source: ResultSource;
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
}

/**
 * The definitions of servers' tools, for decisions that depend on them. They are asked for in the name of the caller (a
 * server may show each caller others), kept for as long as the server says, within bounds, and asked for once by all who
 * wait for the same.
 */
export class Definitions {
  readonly #parts: DefinitionsParts;
  readonly #known = new Map<string, Known>();

  constructor(parts: DefinitionsParts) {
    this.#parts = parts;
  }

  /** The tools of the server. Rejects never; resolves with a refusal where the server does not say. */
  toolsOf(exchange: Exchange, server: LiveServer): Tools | Promise<Tools | Refusal> {
    const key = keyOf(exchange, server);
    const known = this.#fresh(server.plan.name) ?? this.#fresh(key);
    if (known !== undefined) return known.tools ?? known.pending;
    const pending = this.#ask(exchange, server, key);
    this.#keep(key, { until: Number.POSITIVE_INFINITY, pending, tools: undefined });
    return pending;
  }

  #fresh(key: string): Known | undefined {
    const known = this.#known.get(key);
    return known !== undefined && known.until > this.#parts.now() ? known : undefined;
  }

  async #ask(exchange: Exchange, server: LiveServer, key: string): Promise<Tools | Refusal> {
    const tools = new Map<string, Tool>();
    let cursor: string | undefined;
    let ttlMs = LONGEST_KEPT_MS;
    let isPublic = true;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { source, pseudonym } = this.#parts;
      const params = cursor === undefined ? {} : { cursor };
      const said = await source.ask(
        ownQuestion({ method: 'tools/list', params }, { exchange, server, pseudonym }),
      );
      if (isRefusal(said) || said.kind === 'error') {
        this.#known.delete(key);
        return isRefusal(said)
          ? said
          : refuse('upstream-invalid', { message: 'The server does not list its tools' });
      }
      addTools(said.result['tools'], tools);
      ttlMs = Math.min(ttlMs, Number(said.result['ttlMs'] ?? 0) || 0);
      isPublic &&= said.result['cacheScope'] === 'public';
      cursor = nextOf(said.result['nextCursor']);
      if (cursor === undefined || tools.size >= MOST_TOOLS) break;
    }
    const until = this.#parts.now() + Math.max(ttlMs, SHORTEST_KEPT_MS);
    if (isPublic) this.#known.delete(key);
    this.#keep(isPublic ? server.plan.name : key, { until, pending: Promise.resolve(tools), tools });
    return tools;
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    if (this.#known.size >= MOST_KNOWN) {
      const oldest = this.#known.keys().next();
      if (oldest.done !== true) this.#known.delete(oldest.value);
    }
    this.#known.set(key, known);
  }
}

// ---

interface Known {
  readonly until: number;
  readonly pending: Promise<Tools | Refusal>;
  readonly tools: Tools | undefined;
}

const MOST_KNOWN = 1000;
const MOST_PAGES = 100;
const MOST_TOOLS = 10_000;
const SHORTEST_KEPT_MS = 1000;
const LONGEST_KEPT_MS = 60_000;

/** A server may define other tools for each caller, unless it says that they are for all. */
function keyOf({ caller }: Exchange, server: LiveServer): string {
  return JSON.stringify([server.plan.name, callerKey(caller), caller.scopes]);
}

function addTools(list: unknown, tools: Map<string, Tool>): void {
  for (const tool of Array.isArray(list) ? list : []) {
    const named =
      typeof tool === 'object' && tool !== null && 'name' in tool && typeof tool.name === 'string';
    // Of a definition no more is relied on than its name; whoever reads the rest looks at what it is.
    if (named && !tools.has(tool.name)) tools.set(tool.name, tool as Tool);
  }
}

function nextOf(cursor: unknown): string | undefined {
  return typeof cursor === 'string' ? cursor : undefined;
}
