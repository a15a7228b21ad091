import type { ServiceToken } from '@switchyard/auth/client';

interface Kept {
  readonly token: string;
  readonly until: number;
}

const MOST = 10_000;
/** A token is renewed this long before it expires, so that it does not on its way. */
const MARGIN_MS = 10_000;
/** For how long a token is kept whose authorization server does not say how long it is good. */
const UNSAID_MS = 60_000;

/** Tokens until they expire, and what is under way to get them: asked for once for all who want the same. */
export class TokenCache {
  readonly #clock: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #pending = new Map<string, Promise<string>>();

  /** `clock` gives milliseconds since the epoch. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The token of a key, got by `ask` where there is none. `notAfter` bounds its life, in milliseconds since the epoch. */
  get(key: string, ask: () => Promise<ServiceToken>, notAfter: number): string | Promise<string> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > this.#clock()) return kept.token;
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const asked = this.#ask(key, ask, notAfter).finally(() => this.#pending.delete(key));
    this.#pending.set(key, asked);
    return asked;
  }

  /** Forgets a token that was refused, unless it has been replaced since. */
  drop(key: string, token: string): void {
    if (this.#kept.get(key)?.token === token) this.#kept.delete(key);
  }

  async #ask(key: string, ask: () => Promise<ServiceToken>, notAfter: number): Promise<string> {
    const { token, expiresIn } = await ask();
    const now = this.#clock();
    const goodMs = expiresIn === undefined ? UNSAID_MS : expiresIn * 1000 - MARGIN_MS;
    this.#kept.delete(key);
    this.#kept.set(key, { token, until: Math.min(now + goodMs, notAfter) });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(oldest);
    }
    return token;
  }
}
