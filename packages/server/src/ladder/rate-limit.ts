import type { Principal } from '../identity/principal.ts';
import { principalKey } from '../identity/principal.ts';

/** Who wants to do what. */
export interface RateRequest {
  readonly principal: Principal;
  /** Such as `tools/call`. */
  readonly method: string;
  /** The tool, prompt or URI. */
  readonly name: string | undefined;
}

/** Decides how often a caller may ask. */
export interface RateLimiter {
  /** How long to wait before asking again, in milliseconds; `0` lets the request through and counts it. */
  take(request: RateRequest): number;
}

/** How often. */
export interface TokenBucketOptions {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests that may come at once after a pause. @default perSecond, at least 1 */
  readonly burst?: number;
  /** What shares a bucket. @default the principal and the method: all tool calls of a caller share one */
  readonly key?: (request: RateRequest) => string;
  /** Most buckets that are kept; beyond them the longest unused are forgotten. @default 10000 */
  readonly maxBuckets?: number;
  /** Milliseconds since 1970. @default the system's clock */
  readonly now?: () => number;
}

/**
 * Token buckets in this process's memory. Several instances each allow the whole rate;
 * a limit over a fleet belongs to the gateway in front of it.
 */
export function tokenBucket(options: TokenBucketOptions): RateLimiter {
  const {
    perSecond,
    burst = Math.max(1, perSecond),
    key = callerAndMethod,
    maxBuckets = 10_000,
    now = Date.now,
  } = options;
  if (!(perSecond > 0) || !(burst >= 1))
    throw new TypeError('tokenBucket needs perSecond above 0 and burst of at least 1.');
  const buckets = new Map<string, Bucket>();
  return {
    take(request) {
      const id = key(request);
      const at = now();
      const bucket = buckets.get(id) ?? { tokens: burst, at };
      const tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond);
      // Taken out and put back, the map's order is that of last use.
      buckets.delete(id);
      buckets.set(id, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      for (const oldest of buckets.keys()) {
        if (buckets.size <= maxBuckets) break;
        buckets.delete(oldest);
      }
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

const callerAndMethod = ({ principal, method }: RateRequest): string =>
  `${method} ${principalKey(principal)}`;
