/** Remembers what may be used once. A `NonceStore` of `@switchyard/seal` is one, so instances can share theirs. */
export interface ReplayStore {
  /**
   * Resolves to `true` the first time an id is given before `expiresAt`, in milliseconds since the epoch, and to `false` ever
   * after. Rejects when the store cannot tell; the request is refused then.
   */
  consume(id: string, expiresAt: number): Promise<boolean>;
}

/** How to make a replay store in memory. */
export interface MemoryReplayStoreOptions {
  /** The current time in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  /** How many ids are kept; while all of them count, further ones are refused. @default 100_000 */
  readonly maxIds?: number;
}

/** A replay store for one instance. */
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): ReplayStore {
  const now = options.now ?? Date.now;
  const maxIds = options.maxIds ?? 100_000;
  const ids = new Map<string, number>();
  let sweptAt = Number.NEGATIVE_INFINITY;
  return {
    async consume(id, expiresAt) {
      const time = now();
      if (expiresAt <= time || (ids.get(id) ?? 0) > time) return false;
      // A full store must not be looked through by every request.
      if (ids.size >= maxIds && time - sweptAt >= SWEEP_MS) {
        forget(ids, time);
        sweptAt = time;
      }
      if (ids.size >= maxIds) return false;
      ids.set(id, expiresAt);
      return true;
    },
  };
}

// ---

const SWEEP_MS = 1_000;

function forget(ids: Map<string, number>, time: number): void {
  for (const [id, expiresAt] of ids) if (expiresAt <= time) ids.delete(id);
}
