/** Bounds on what one caller can make a server hold or do. Every one has a safe default. */
export interface Limits {
  /** Largest request body, in bytes. A larger one is refused with HTTP 413. @default 4194304 (4 MiB) */
  readonly bodyBytes?: number;
  /** Deepest nesting of a request body. A deeper one is an invalid request. @default 64 */
  readonly depth?: number;
  /** Longest time one operation may take, in milliseconds; its `signal` is aborted and the caller gets an error. `0` means for ever. @default 300000 (5 minutes) */
  readonly operationMs?: number;
  /** Most operations under way at once; a further one is refused with HTTP 503 and `Retry-After: 1`. @default 10000 */
  readonly operations?: number;
  /** Most `subscriptions/listen` streams open at once on this process. `0` turns listening off. @default 20000 */
  readonly streams?: number;
  /** Most resource URIs in one `subscriptions/listen` request. @default 256 */
  readonly subscribedUris?: number;
  /** Most notifications (progress, log) that one operation may send in a second; further ones are dropped. @default 200 */
  readonly notificationsPerSecond?: number;
  /** Most rounds of input that one request may ask for. @default 16 */
  readonly rounds?: number;
}

/** Limits with every default filled in. */
export type ResolvedLimits = Required<Limits>;

const DEFAULTS: ResolvedLimits = {
  bodyBytes: 4 * 1024 * 1024,
  depth: 64,
  operationMs: 300_000,
  operations: 10_000,
  streams: 20_000,
  subscribedUris: 256,
  notificationsPerSecond: 200,
  rounds: 16,
};

/** Fills in the defaults; throws `TypeError` for a limit that is not a whole number of at least zero. */
export function resolveLimits(limits: Limits = {}): ResolvedLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in DEFAULTS)) throw new TypeError(`There is no limit called '${name}'.`);
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
      throw new TypeError(`limits.${name} must be a whole number of at least 0, not ${String(value)}.`);
    }
  }
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}
