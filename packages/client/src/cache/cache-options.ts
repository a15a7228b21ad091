import type { CacheStore } from './store.ts';

/** How a client caches. */
export interface CacheOptions {
  /** Where results are kept. @default memory of the client's own */
  readonly store?: CacheStore;
  /**
   * Who is calling: something that differs wherever an access token may see other things, such as its subject. Requires
   * nothing; but without it private results never go into a `store` that is given, since others may share that. A function is
   * asked before a request and after it: a private result is kept where both say the same.
   * @default the headers of the call, within the client's own memory
   */
  readonly authorization?: string | (() => string);
  /** For how long a stale result is given out, in milliseconds, while a fresh one is fetched. @default 0 */
  readonly staleWhileRevalidateMs?: number;
  /** For how long a stale result is given out, in milliseconds, where the server fails. @default 0 */
  readonly staleOnErrorMs?: number;
  /** The longest time that a result is taken for fresh, in milliseconds, whatever the server says. @default 86400000 */
  readonly maxTtlMs?: number;
}
