import { BoundedMap, type Sized } from '../bounded-map.ts';
import { Audiences } from '../cache/key.ts';
import type { Exchange } from '../exchange.ts';
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
  readonly #audiences = new Audiences();

  constructor(now: () => number, mostBytes: number) {
    this.#now = now;
    this.#known = new BoundedMap(mostBytes);
  }

  /** What is known under that word, or what `learn` finds out. A refusal is not kept. */
  of(asked: Asked, word: string, learn: () => Promise<Learnt<T> | Refusal>): T | Promise<T | Refusal> {
    const { shared, own } = this.#keysOf(asked, word);
    const known = (shared === undefined ? undefined : this.#fresh(shared)) ?? this.#fresh(own);
    if (known !== undefined) return known.value ?? known.pending;
    const pending = this.#learn(learn, { shared, own });
    const until = Number.POSITIVE_INFINITY;
    this.#known.set({ key: own, until, pending, value: undefined, bytes: OVERHEAD_BYTES });
    return pending;
  }

  /** A server may say something else to each caller that it can tell from others, unless it is believed that it does not. */
  #keysOf({ exchange, server }: Asked, word: string): Keys {
    const { own, shareable } = this.#audiences.of(exchange, server);
    const about = `${word} ${server.plan.name}`;
    return { shared: shareable ? about : undefined, own: `${about} ${own ?? 'nobody'}` };
  }

  async #learn(learn: () => Promise<Learnt<T> | Refusal>, { shared, own }: Keys): Promise<T | Refusal> {
    const learnt = await learn().finally(() => this.#known.delete(own));
    if (isRefusal(learnt)) return learnt;
    const { value, ttlMs, isPublic, characters } = learnt;
    const until = this.#now() + Math.min(Math.max(ttlMs, SHORTEST_KEPT_MS), LONGEST_KEPT_MS);
    const key = isPublic ? (shared ?? own) : own;
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

/** What is kept for all, where that may be, and for the callers that the server cannot tell from this one. */
interface Keys {
  readonly shared: string | undefined;
  readonly own: string;
}

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
