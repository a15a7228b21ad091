/** What is known of a checked token. */
export interface CheckedToken {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Until when it counts, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Remembers the outcome of checking tokens for a while; concurrent checks of one token are one. */
export interface TokenCache {
  /** What `check` finds of a token; undefined stands for a token that is not valid. A check that rejects is not remembered. */
  through(token: string, check: () => Promise<CheckedToken | undefined>): Promise<CheckedToken | undefined>;
}

/** How a token cache is bounded. */
export interface TokenCacheOptions {
  readonly now: () => number;
  /** How long an outcome is remembered, in milliseconds, though never beyond the token's expiry. 0 remembers nothing. */
  readonly ttlMs: number;
  /** How many tokens are remembered. Those used longest ago go first. */
  readonly maxTokens: number;
}

interface Entry {
  readonly until: number;
  readonly checked: CheckedToken | undefined;
}

/** A token cache in memory. */
export function createTokenCache(options: TokenCacheOptions): TokenCache {
  const entries = new Map<string, Entry>();
  const running = new Map<string, Promise<CheckedToken | undefined>>();

  async function check(token: string, work: () => Promise<CheckedToken | undefined>) {
    try {
      const checked = await work();
      if (options.ttlMs > 0) remember(entries, { token, checked, ...options });
      return checked;
    } finally {
      running.delete(token);
    }
  }

  return {
    async through(token, work) {
      const entry = entries.get(token);
      if (entry !== undefined) {
        entries.delete(token);
        if (entry.until > options.now()) {
          entries.set(token, entry);
          return entry.checked;
        }
      }
      const shared = running.get(token);
      if (shared !== undefined) return shared;
      const own = check(token, work);
      running.set(token, own);
      return own;
    },
  };
}

// ---

/** Refusals are not remembered for long: the key that a token names may be published any moment. */
const REFUSAL_TTL_MS = 5_000;

interface Outcome extends TokenCacheOptions {
  readonly token: string;
  readonly checked: CheckedToken | undefined;
}

function remember(entries: Map<string, Entry>, { token, checked, now, ttlMs, maxTokens }: Outcome): void {
  const limit = now() + (checked === undefined ? Math.min(ttlMs, REFUSAL_TTL_MS) : ttlMs);
  entries.set(token, { checked, until: Math.min(limit, checked?.expiresAt ?? limit) });
  for (const oldest of entries.keys()) {
    if (entries.size <= maxTokens) break;
    entries.delete(oldest);
  }
}
