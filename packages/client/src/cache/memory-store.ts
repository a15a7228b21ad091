import type { CacheEntry, CacheStore } from './store.ts';

/** How much a memory store holds. */
export interface MemoryStoreOptions {
  /** The most entries. @default 1000 */
  readonly maxEntries?: number;
  /** The most bytes of all entries, as far as their JSON shows. @default 33554432 */
  readonly maxBytes?: number;
}

/** Keeps results in memory, those used last, within bounds. Results are frozen: all who get one get the same. */
export function memoryStore(options: MemoryStoreOptions = {}): CacheStore {
  return new MemoryStore(options.maxEntries ?? 1000, options.maxBytes ?? 32 * 1024 * 1024);
}

interface Kept {
  readonly entry: CacheEntry;
  readonly size: number;
}

class MemoryStore implements CacheStore {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** The one used last comes last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get(key: string): CacheEntry | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.entry;
  }

  set(key: string, entry: CacheEntry): void {
    this.#forget(key);
    const size = (JSON.stringify(entry.result).length + key.length) * 2;
    if (size > this.#maxBytes) return;
    this.#kept.set(key, { entry: { ...entry, result: frozen(entry.result) }, size });
    this.#bytes += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  drop(prefix: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix)) this.#forget(key);
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= kept.size;
  }
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) frozen(inner);
  return Object.freeze(value);
}
