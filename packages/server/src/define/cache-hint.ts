/**
 * How long a result may be kept, and by whom.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching.
 */
export interface CacheHint {
  /** Milliseconds for which the result counts as fresh. @default 0 */
  readonly ttlMs?: number;
  /**
   * `public` lets shared caches serve the result to anyone: use it only for what every caller may see.
   * Lists that differ between callers are marked `private` whatever is said here. @default 'private'
   */
  readonly cacheScope?: 'public' | 'private';
}

/** The results that carry a cache hint. */
export const CACHEABLE_METHODS = [
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
] as const;

/** One of {@link CACHEABLE_METHODS}. */
export type CacheableMethod = (typeof CACHEABLE_METHODS)[number];

/** A hint with its defaults filled in; throws `TypeError` for a lifetime that is not a whole number of at least zero. */
export function resolveCacheHint(hint: CacheHint | undefined, fallback?: CacheHint): Required<CacheHint> {
  const ttlMs = hint?.ttlMs ?? fallback?.ttlMs ?? 0;
  const cacheScope = hint?.cacheScope ?? fallback?.cacheScope ?? 'private';
  if (!Number.isSafeInteger(ttlMs) || ttlMs < 0) {
    throw new TypeError(`A cache hint's ttlMs must be a whole number of at least 0, not ${String(ttlMs)}.`);
  }
  if (cacheScope !== 'public' && cacheScope !== 'private') {
    throw new TypeError(
      `A cache hint's cacheScope must be 'public' or 'private', not ${String(cacheScope)}.`,
    );
  }
  return { ttlMs, cacheScope };
}

/** Checks hints by method; throws `TypeError` for a bad one, and for a method whose results carry none. */
export function checkCacheHints(hints: Partial<Record<CacheableMethod, CacheHint>>): void {
  const methods: readonly string[] = CACHEABLE_METHODS;
  for (const [method, hint] of Object.entries(hints)) {
    if (!methods.includes(method)) throw new TypeError(`The results of '${method}' carry no cache hint.`);
    resolveCacheHint(hint);
  }
}
