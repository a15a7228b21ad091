import { BoundedMap, type Sized } from '../bounded-map.ts';
import type { Exchange } from '../exchange.ts';
import { callerKey } from '../identify/caller.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal, type Refusal } from '../refusal.ts';

/** Who is asked, and in whose name. */
export interface Asked {
  readonly exchange: Exchange;
  readonly server: LiveServer;
}

/** What a server has said of itself. */
export interface Learnt<T> {
  readonly value: T;
  /** How long the server calls it fresh, in milliseconds. */
  readonly ttlMs: number;
  /** Whether it says the same to everybody. */
  readonly isPublic: boolean;
  /** How long the JSON of the value is. */
  readonly characters: number;
}

/**
 * What servers say of themselves: asked for in the name of the caller (a server may tell each caller something else), kept
 * for as long as the server says, within bounds, and asked for once by all who wait for the same.
 */
export class Kept<T extends object> {
  /** Milliseconds, never running backwards. */
  readonly #now: () => number;
  readonly #known: BoundedMap<Known<T>>;

  constructor(now: () => number, mostBytes: number) {
    this.#now = now;
    this.#known = new BoundedMap(mostBytes);
  }

  /** What is known under that word, or what `learn` finds out. A refusal is not kept. */
  of(asked: Asked, word: string, learn: () => Promise<Learnt<T> | Refusal>): T | Promise<T | Refusal> {
    const shared = sharedKey(asked, word);
    const own = ownKey(asked, word);
    const known = this.#fresh(shared) ?? this.#fresh(own);
    if (known !== undefined) return known.value ?? known.pending;
    const pending = this.#learn(learn, own, shared);
    const until = Number.POSITIVE_INFINITY;
    this.#known.set({ key: own, until, pending, value: undefined, bytes: OVERHEAD_BYTES });
    return pending;
  }

  async #learn(learn: () => Promise<Learnt<T> | Refusal>, own: string, shared: string): Promise<T | Refusal> {
    const learnt = await learn().finally(() => this.#known.delete(own));
    if (isRefusal(learnt)) return learnt;
    const { value, ttlMs, isPublic, characters } = learnt;
    const until = this.#now() + Math.min(Math.max(ttlMs, SHORTEST_KEPT_MS), LONGEST_KEPT_MS);
    const key = isPublic ? shared : own;
    const bytes = OVERHEAD_BYTES + BYTES_A_CHARACTER * characters;
    this.#known.set({ key, until, pending: Promise.resolve(value), value, bytes });
    return value;
  }

  #fresh(key: string): Known<T> | undefined {
    const known = this.#known.get(key);
    return known !== undefined && known.until > this.#now() ? known : undefined;
  }
}

// ---

interface Known<T> extends Sized {
  readonly until: number;
  readonly pending: Promise<T | Refusal>;
  readonly value: T | undefined;
}

const OVERHEAD_BYTES = 1024;
/** What a character of JSON takes once it is read. */
const BYTES_A_CHARACTER = 3;
const SHORTEST_KEPT_MS = 1000;
const LONGEST_KEPT_MS = 60_000;

function sharedKey({ server }: Asked, word: string): string {
  return `${word} ${server.plan.name}`;
}

/** A server may say something else to each caller, unless it says that it is for all. */
function ownKey({ exchange: { caller }, server }: Asked, word: string): string {
  return `${word} ${JSON.stringify([server.plan.name, callerKey(caller), caller.scopes])}`;
}
