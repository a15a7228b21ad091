import { BoundedMap, type Sized } from '../cache/bounded-map.ts';
import type { Exchange } from '../exchange.ts';
import { callerKey } from '../identify/caller.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { ownQuestion } from '../surface/question.ts';
import type { ResultSource } from '../surface/source.ts';

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

/**
 * The definitions of servers, for decisions that depend on them. They are asked for in the name of the caller (a server may
 * show each caller others), kept for as long as the server says, within bounds, and asked for once by all who wait for the
 * same.
 */
export class Definitions {
  readonly #parts: DefinitionsParts;
  readonly #known = new BoundedMap<Known>(MOST_KNOWN_BYTES);

  constructor(parts: DefinitionsParts) {
    this.#parts = parts;
  }

  /** The members of the server's list. Rejects never; resolves with a refusal where the server does not say. */
  membersOf(asked: AskedList): DefinitionsByName | Promise<DefinitionsByName | Refusal> {
    const shared = sharedKey(asked);
    const own = ownKey(asked);
    const known = this.#fresh(shared) ?? this.#fresh(own);
    if (known !== undefined) return known.members ?? known.pending;
    const pending = this.#learn(asked, own, shared);
    const until = Number.POSITIVE_INFINITY;
    this.#known.set({ key: own, until, pending, members: undefined, bytes: OVERHEAD_BYTES });
    return pending;
  }

  async #learn(asked: AskedList, own: string, shared: string): Promise<DefinitionsByName | Refusal> {
    const learnt = await this.#ask(asked).finally(() => this.#known.delete(own));
    if (isRefusal(learnt)) return learnt;
    const { members, ttlMs, isPublic, characters } = learnt;
    const until = this.#parts.now() + Math.max(ttlMs, SHORTEST_KEPT_MS);
    const key = isPublic ? shared : own;
    const bytes = OVERHEAD_BYTES + BYTES_A_CHARACTER * characters;
    this.#known.set({ key, until, pending: Promise.resolve(members), members, bytes });
    return members;
  }

  async #ask({ exchange, server, list }: AskedList): Promise<Learnt | Refusal> {
    const { source, pseudonym } = this.#parts;
    const members = new Map<string, Readonly<Record<string, unknown>>>();
    const learnt = { members, ttlMs: LONGEST_KEPT_MS, isPublic: true, characters: 0 };
    const mostCharacters = exchange.live.plan.limits.resultBytes;
    let params: { readonly cursor?: string } = {};
    for (let page = 0; page < MOST_PAGES; page++) {
      const said = await source.ask(ownQuestion({ method: list, params }, { exchange, server, pseudonym }));
      if (isRefusal(said)) return said;
      if (said.kind === 'error')
        return refuse('upstream-invalid', { message: `The server does not answer ${list}` });
      const { result } = said;
      learnt.characters += addMembers(result[MEMBERS[list]], members);
      // What may not come in one answer may not come in many either.
      if (learnt.characters > mostCharacters)
        return refuse('upstream-invalid', {
          message: `The server has more in ${list} than this gateway takes`,
        });
      learnt.ttlMs = Math.min(learnt.ttlMs, Number(result['ttlMs'] ?? 0) || 0);
      learnt.isPublic &&= result['cacheScope'] === 'public';
      const cursor = result['nextCursor'];
      if (typeof cursor !== 'string' || members.size >= MOST_MEMBERS) break;
      params = { cursor };
    }
    return learnt;
  }

  #fresh(key: string): Known | undefined {
    const known = this.#known.get(key);
    return known !== undefined && known.until > this.#parts.now() ? known : undefined;
  }
}

/** A list, and in whose name it is asked for. */
export interface AskedList {
  readonly exchange: Exchange;
  readonly server: LiveServer;
  readonly list: DefinitionList;
}

// ---

interface Known extends Sized {
  readonly until: number;
  readonly pending: Promise<DefinitionsByName | Refusal>;
  readonly members: DefinitionsByName | undefined;
}

interface Learnt {
  readonly members: DefinitionsByName;
  readonly ttlMs: number;
  readonly isPublic: boolean;
  /** How long the JSON of the members is. */
  readonly characters: number;
}

const MEMBERS = { 'tools/list': 'tools', 'prompts/list': 'prompts' } as const;
const MOST_KNOWN_BYTES = 64 * 1024 * 1024;
const OVERHEAD_BYTES = 1024;
/** What a character of JSON takes once it is read. */
const BYTES_A_CHARACTER = 3;
const MOST_PAGES = 100;
const MOST_MEMBERS = 10_000;
const SHORTEST_KEPT_MS = 1000;
const LONGEST_KEPT_MS = 60_000;

function sharedKey({ server, list }: AskedList): string {
  return `${list} ${server.plan.name}`;
}

/** A server may define other tools for each caller, unless it says that they are for all. */
function ownKey({ exchange: { caller }, server, list }: AskedList): string {
  return `${list} ${JSON.stringify([server.plan.name, callerKey(caller), caller.scopes])}`;
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
