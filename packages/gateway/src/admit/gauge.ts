import type { Resource } from '../resources.ts';
import type { QuotaPlan } from './config.ts';
import { Generations } from './generations.ts';

/** How many keys of one quota are remembered; who has not asked for longest is forgotten first, and starts afresh. */
const MOST_KEYS = 100_000;

/** What arithmetic with fractions of milliseconds may be off. */
const EPSILON_MS = 0.001;

/** How long to wait for a place that becomes free nobody knows when. */
export const PLACE_WAIT_MS = 1000;

/**
 * What one quota has counted in this instance. The bucket is kept as one number, the moment at which it will be full again
 * (the generic cell rate algorithm): a token taken moves it by the time that one token takes to come.
 */
export class Gauge implements Resource {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  readonly #concurrent: number;
  readonly #fullAt = new Generations(MOST_KEYS);
  readonly #taken = new Map<string, number>();

  constructor({ rate, concurrent }: QuotaPlan) {
    this.#intervalMs = rate === undefined ? 0 : rate.everyMs / rate.limit;
    this.#toleranceMs = rate === undefined ? 0 : this.#intervalMs * (rate.burst - 1) + EPSILON_MS;
    this.#concurrent = concurrent ?? Number.POSITIVE_INFINITY;
  }

  /** How long until the bucket has a token, in milliseconds; 0 where it has one. */
  tokenWait(key: string, now: number): number {
    if (this.#intervalMs === 0) return 0;
    const fullAt = this.#fullAt.get(key) ?? now;
    return Math.max(0, fullAt - now - this.#toleranceMs);
  }

  /** Whether another request may be in progress. */
  hasPlace(key: string): boolean {
    return this.#concurrent === Number.POSITIVE_INFINITY || (this.#taken.get(key) ?? 0) < this.#concurrent;
  }

  /** Takes a token and a place. */
  take(key: string, now: number): void {
    if (this.#intervalMs > 0)
      this.#fullAt.set(key, Math.max(this.#fullAt.get(key) ?? now, now) + this.#intervalMs);
    if (this.#concurrent !== Number.POSITIVE_INFINITY) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
  }

  /** Gives the place back. */
  giveBack(key: string): void {
    const taken = this.#taken.get(key) ?? 0;
    if (taken > 1) this.#taken.set(key, taken - 1);
    else this.#taken.delete(key);
  }

  close(): void {}
}
