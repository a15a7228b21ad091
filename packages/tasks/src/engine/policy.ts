/** How the tasks of one tool are run. */
export interface TaskPolicy {
  /**
   * How often it is tried, in all. A run that throws counts, and one whose worker died; one that was suspended, or given up
   * because its instance closed, does not. @default 5
   */
  readonly attempts?: number;
  /** How long to wait after a run that threw. */
  readonly backoff?: Backoff;
  /**
   * Whether to try again after this error. @default every error but those that the handler threw to answer with:
   * a `ProtocolError`, or what has become a result
   */
  readonly retryIf?: (error: unknown) => boolean;
  /** How long one run may take, in milliseconds; it is then aborted, and that counts as an error. @default 3600000 (1 hour) */
  readonly runMs?: number;
  /** How long a task may take in all, in milliseconds from its creation; then it fails. `null` is for ever. @default 86400000 (1 day) */
  readonly ttlMs?: number | null;
  /** How long what came of it is kept, in milliseconds. @default 3600000 (1 hour) */
  readonly retentionMs?: number;
  /** How often callers should ask, in milliseconds. @default 1000 */
  readonly pollIntervalMs?: number;
  /** The higher goes first. @default 0 */
  readonly priority?: number;
  /** How many of its tasks may run at the same time, on all instances together. @default no limit */
  readonly concurrency?: number;
}

/** How long to wait between attempts: `baseMs`, then each time `factor` times as long, up to `maxMs`. */
export interface Backoff {
  /** @default 1000 */
  readonly baseMs?: number;
  /** @default 2 */
  readonly factor?: number;
  /** @default 60000 */
  readonly maxMs?: number;
  /** By how much a wait may fall short, as a share of it, so that what failed together is not tried together. @default 0.5 */
  readonly jitter?: number;
}

/** A policy with its defaults. */
export interface ResolvedPolicy extends Required<Omit<TaskPolicy, 'backoff' | 'concurrency' | 'retryIf'>> {
  readonly backoff: Required<Backoff>;
  readonly retryIf: (error: unknown) => boolean;
  readonly concurrency: number | undefined;
}

/** Fills in defaults; throws `TypeError` for what is not sound. */
export function resolvePolicy(policy: TaskPolicy): ResolvedPolicy {
  const { baseMs = 1000, factor = 2, maxMs = 60_000, jitter = 0.5 } = policy.backoff ?? {};
  const resolved = {
    attempts: policy.attempts ?? 5,
    retryIf: policy.retryIf ?? (() => true),
    runMs: policy.runMs ?? 3_600_000,
    ttlMs: policy.ttlMs === undefined ? 86_400_000 : policy.ttlMs,
    retentionMs: policy.retentionMs ?? 3_600_000,
    pollIntervalMs: policy.pollIntervalMs ?? 1000,
    priority: policy.priority ?? 0,
    concurrency: policy.concurrency,
    backoff: { baseMs, factor, maxMs, jitter },
  };
  check(resolved);
  return resolved;
}

/** How long to wait before the next attempt, after so many. */
export function backoffMs(
  { baseMs, factor, maxMs, jitter }: Required<Backoff>,
  attempts: number,
  random: number,
): number {
  const full = Math.min(maxMs, baseMs * factor ** (attempts - 1));
  return Math.round(full * (1 - jitter * random));
}

// ---

function check({ backoff, priority, ...policy }: ResolvedPolicy): void {
  whole('attempts', policy.attempts, 1);
  whole('runMs', policy.runMs, 1);
  if (policy.ttlMs !== null) whole('ttlMs', policy.ttlMs, 1);
  whole('retentionMs', policy.retentionMs, 0);
  whole('pollIntervalMs', policy.pollIntervalMs, 1);
  if (policy.concurrency !== undefined) whole('concurrency', policy.concurrency, 1);
  if (!Number.isInteger(priority) || Math.abs(priority) > 1_000_000)
    throw new TypeError('priority must be a whole number of at most a million, either way.');
  const { baseMs, factor, maxMs, jitter } = backoff;
  if (!(baseMs >= 0) || !(factor >= 1) || !(maxMs >= baseMs) || !(jitter >= 0 && jitter <= 1))
    throw new TypeError(
      'backoff takes a baseMs of at least 0, a factor of at least 1, a maxMs of at least baseMs, a jitter from 0 to 1.',
    );
}

function whole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new TypeError(`${name} must be a whole number of at least ${least}.`);
}
