import type { Result } from '@switchyard/wire';

/** A result that is kept. */
export interface CacheEntry {
  readonly result: Result;
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** For how long it is fresh, in milliseconds. */
  readonly ttlMs: number;
  /** For how long it may be of any use, stale or not, in milliseconds; a store may drop it then. */
  readonly keepMs: number;
}

/**
 * Where results are kept. Keys are made of what was dialled, the method, what it names, and the rest, so that those that
 * change together begin alike. A store may forget at any time; it must never give out an entry for another key, and
 * nothing that was dropped. `cacheStoreContract` holds the cases that every store must pass.
 */
export interface CacheStore {
  get(key: string): CacheEntry | undefined | Promise<CacheEntry | undefined>;
  set(key: string, entry: CacheEntry): void | Promise<void>;
  /** Drops every entry whose key begins so. */
  drop(prefix: string): void | Promise<void>;
}
