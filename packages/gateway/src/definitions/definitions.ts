import type { Result } from '@switchyard/wire';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { ownQuestion } from '../surface/question.ts';
import type { ResultSource } from '../surface/source.ts';
import { type Asked, Kept, type Learnt } from './kept.ts';

/** Definitions of a server by name, as it gives them. Of each no more is sure than that it is an object with that name. */
export type DefinitionsByName = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** The lists whose members can be looked up by name. */
export type DefinitionList = 'tools/list' | 'prompts/list';

/** What learning definitions needs. */
export interface DefinitionsParts {
  readonly source: ResultSource;
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
}

/** What servers have, for decisions that depend on it. They are asked in the name of the caller. */
export class Definitions {
  readonly #parts: DefinitionsParts;
  readonly #lists: Kept<DefinitionsByName>;
  readonly #extensions: Kept<ReadonlySet<string>>;

  constructor(parts: DefinitionsParts) {
    this.#parts = parts;
    this.#lists = new Kept(parts.now, MOST_LISTS_BYTES);
    this.#extensions = new Kept(parts.now, MOST_EXTENSIONS_BYTES);
  }

  /** The members of the server's list. Rejects never; resolves with a refusal where the server does not say. */
  membersOf(asked: AskedList): DefinitionsByName | Promise<DefinitionsByName | Refusal> {
    return this.#lists.of(asked, asked.list, () => this.#askList(asked));
  }

  /** The ids of the extensions that the server announces. As `membersOf` where it does not say. */
  extensionsOf(asked: Asked): ReadonlySet<string> | Promise<ReadonlySet<string> | Refusal> {
    return this.#extensions.of(asked, DISCOVER, () => this.#askExtensions(asked));
  }

  async #askList(asked: AskedList): Promise<Learnt<DefinitionsByName> | Refusal> {
    const members = new Map<string, Readonly<Record<string, unknown>>>();
    let ttlMs = Number.POSITIVE_INFINITY;
    let isPublic = true;
    let characters = 0;
    let params: { readonly cursor?: string } = {};
    for (let page = 0; page < MOST_PAGES; page++) {
      const result = await this.#ask(asked, asked.list, params);
      if (isRefusal(result)) return result;
      characters += addMembers(result[MEMBERS[asked.list]], members);
      // What may not come in one answer may not come in many either.
      if (characters > asked.exchange.live.plan.limits.resultBytes)
        return refuse('upstream-invalid', {
          message: `The server has more in ${asked.list} than this gateway takes`,
        });
      ttlMs = Math.min(ttlMs, ttlOf(result));
      isPublic &&= result['cacheScope'] === 'public';
      const cursor = result['nextCursor'];
      if (typeof cursor !== 'string' || members.size >= MOST_MEMBERS) break;
      params = { cursor };
    }
    return { value: members, ttlMs, isPublic, characters };
  }

  async #askExtensions(asked: Asked): Promise<Learnt<ReadonlySet<string>> | Refusal> {
    const result = await this.#ask(asked, DISCOVER, {});
    if (isRefusal(result)) return result;
    const ids = Object.keys(membersIn(membersIn(result['capabilities'])['extensions']));
    return {
      value: new Set(ids),
      ttlMs: ttlOf(result),
      isPublic: result['cacheScope'] === 'public',
      characters: JSON.stringify(ids).length,
    };
  }

  async #ask(
    { exchange, server }: Asked,
    method: string,
    params: { readonly cursor?: string },
  ): Promise<Result | Refusal> {
    const { source, pseudonym } = this.#parts;
    const said = await source.ask(ownQuestion({ method, params }, { exchange, server, pseudonym }));
    if (isRefusal(said)) return said;
    if (said.kind === 'error')
      return refuse('upstream-invalid', { message: `The server does not answer ${method}` });
    return said.result;
  }
}

/** A list, and in whose name it is asked for. */
export interface AskedList extends Asked {
  readonly list: DefinitionList;
}

// ---

const DISCOVER = 'server/discover';
const MEMBERS = { 'tools/list': 'tools', 'prompts/list': 'prompts' } as const;
const MOST_LISTS_BYTES = 64 * 1024 * 1024;
const MOST_EXTENSIONS_BYTES = 4 * 1024 * 1024;
const MOST_PAGES = 100;
const MOST_MEMBERS = 10_000;

function ttlOf(result: Result): number {
  return Number(result['ttlMs'] ?? 0) || 0;
}

function membersIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}; // looked at here
}

/** Says how long the JSON of the whole list is. */
function addMembers(list: unknown, members: Map<string, Readonly<Record<string, unknown>>>): number {
  if (!Array.isArray(list)) return 0;
  for (const member of list) {
    if (typeof member !== 'object' || member === null || !('name' in member)) continue;
    const { name } = member;
    if (typeof name === 'string' && !members.has(name)) members.set(name, member);
  }
  return JSON.stringify(list).length;
}
