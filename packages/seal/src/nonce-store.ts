/** Remembers which handles were used, so that each opens once. Shared by every instance that shares keys. */
export interface NonceStore {
  /**
   * Resolves to `true` the first time an id is given before it expires, and to `false` ever after. `expiresAt` is in
   * milliseconds since the epoch: past it the id may be forgotten, and is not accepted. Rejects when the store cannot
   * tell, and the handle must then be refused.
   */
  consume(id: string, expiresAt: number): Promise<boolean>;
}

/** How to make a nonce store in memory. */
export interface MemoryNonceStoreOptions {
  /** The current time in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** The most ids remembered at once; beyond it `consume` rejects, since to forget one would let it be replayed. @default 100000 */
  readonly maxEntries?: number;
}

/** Makes a nonce store in this process's memory: right for one instance only. */
export function memoryNonceStore(options: MemoryNonceStoreOptions = {}): NonceStore {
  const { now = Date.now, maxEntries = 100_000 } = options;
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1)
    throw new TypeError('`maxEntries` must be a positive integer');
  return new MemoryNonceStore(now, maxEntries);
}

// ---------------------------------------------------------------------------------------------------------------------

const FIRST_SWEEP = 1024;

class MemoryNonceStore implements NonceStore {
  readonly #now: () => number;
  readonly #maxEntries: number;
  readonly #used = new Map<string, number>();
  #sweepAt: number;
  #soonest = Number.POSITIVE_INFINITY;

  constructor(now: () => number, maxEntries: number) {
    this.#now = now;
    this.#maxEntries = maxEntries;
    this.#sweepAt = Math.min(FIRST_SWEEP, maxEntries);
  }

  async consume(id: string, expiresAt: number): Promise<boolean> {
    const now = this.#now();
    if (!(expiresAt > now) || this.#used.has(id)) return false;
    // A store full of live ids is not swept again before one of them can have expired: a flood stays cheap.
    if (this.#used.size >= this.#sweepAt && this.#soonest <= now) this.#sweep(now);
    if (this.#used.size >= this.#maxEntries)
      throw new Error(`The nonce store is full: ${this.#maxEntries} ids in use`);
    this.#used.set(id, expiresAt);
    this.#soonest = Math.min(this.#soonest, expiresAt);
    return true;
  }

  #sweep(now: number): void {
    this.#soonest = Number.POSITIVE_INFINITY;
    for (const [id, expiresAt] of this.#used) {
      if (expiresAt <= now) this.#used.delete(id);
      else this.#soonest = Math.min(this.#soonest, expiresAt);
    }
    this.#sweepAt = Math.min(Math.max(FIRST_SWEEP, this.#used.size * 2), this.#maxEntries);
  }
}
