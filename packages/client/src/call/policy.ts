/** How one call wants to be treated; the client fills in its own defaults. */
export interface CallPolicy {
  /** For how long one attempt may stay unanswered, in milliseconds; 0 for no limit. */
  readonly timeoutMs: number;
  /** For how long a round of the call, its repetitions included, may take, in milliseconds; 0 for no limit. */
  readonly totalTimeoutMs: number;
  /** Whether progress starts `timeoutMs` anew. */
  readonly progressResetsTimeout: boolean;
  /** How many times the request may be sent again. */
  readonly retries: number;
  /** Whether the request may be repeated although nobody knows whether it ran. */
  readonly repeatable: boolean;
  /** `use`: a fresh answer may come from the cache; `refresh`: asks the server and stores; `bypass`: neither. */
  readonly cache: CacheMode;
}

/** How a call treats the cache. */
export type CacheMode = 'use' | 'refresh' | 'bypass';
