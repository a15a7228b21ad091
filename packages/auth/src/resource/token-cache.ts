import type { TrustedIssuer } from './issuer.ts';

/** What is known of a checked token. */
export interface CheckedToken {
  /** Whose it is. */
  readonly trusted: TrustedIssuer;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Until when it counts, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The outcome of a check that has been made. */
export interface KnownToken {
  /** `undefined` stands for a token that is not valid. */
  readonly checked: CheckedToken | undefined;
}

/** Remembers the outcome of checking tokens for a while; concurrent checks of one token are one. */
export interface TokenCache {
  /** What `check` finds of a token; undefined stands for a token that is not valid. A check that rejects is not remembered. */
  through(token: string, check: () => Promise<CheckedToken | undefined>): Promise<CheckedToken | undefined>;
  /** The outcome that is remembered, if any. */
  known(token: string): KnownToken | undefined;
}

/** How a token cache is bounded. */
export interface TokenCacheOptions {
  readonly now: () => number;
  /** How long an outcome is remembered, in milliseconds, though never beyond the token's expiry. 0 remembers nothing. */
  readonly ttlMs: number;
  /** How many tokens are remembered. Those used longest ago go first. */
  readonly maxTokens: number;
}

/** A token cache in memory. */
export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const accepted = new Entries(options);
  // Apart, so that nobody can push out what counts by sending what does not.
  const refused = new Entries(options);
  const find = (token: string): KnownToken | undefined => accepted.find(token) ?? refused.find(token);
  const running = new Map<string, Promise<CheckedToken | undefined>>();

  async function check(token: string, work: () => Promise<CheckedToken | undefined>) {
    try {
      const checked = await work();
      (checked === undefined ? refused : accepted).remember(token, checked);
      return checked;
    } finally {
      running.delete(token);
    }
  }

  return {
    known: find,
    async through(token, work) {
      const known = find(token);
      if (known !== undefined) return known.checked;
      const shared = running.get(token);
      if (shared !== undefined) return shared;
      const own = check(token, work);
      running.set(token, own);
      return own;
    },
  };
}

// ---

interface Entry extends KnownToken {
  readonly until: number;
}

/** Refusals are not remembered for long: the key that a token names may be published any moment. */
const REFUSAL_TTL_MS = 5_000;

/** However few the tokens, this is the most that they are long together: a sender of refused ones decides their length. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

class Entries {
  readonly #options: TokenCacheOptions;
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  constructor(options: TokenCacheOptions) {
    this.#options = options;
  }

  find(token: string): Entry | undefined {
    const entry = this.#entries.get(token);
    if (entry === undefined) return undefined;
    this.#entries.delete(token);
    if (entry.until <= this.#options.now()) {
      this.#characters -= token.length;
      return undefined;
    }
    this.#entries.set(token, entry);
    return entry;
  }

  remember(token: string, checked: CheckedToken | undefined): void {
    const { now, ttlMs, maxTokens } = this.#options;
    if (ttlMs <= 0) return;
    this.#forget(token);
    const limit = now() + (checked === undefined ? Math.min(ttlMs, REFUSAL_TTL_MS) : ttlMs);
    this.#entries.set(token, { checked, until: Math.min(limit, checked?.expiresAt ?? limit) });
    this.#characters += token.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxTokens && this.#characters <= MOST_CHARACTERS) break;
      this.#forget(oldest);
    }
  }

  #forget(token: string): void {
    if (this.#entries.delete(token)) this.#characters -= token.length;
  }
}
