import type { TaskStore } from '../store/store.ts';
import type { TaskEnvironment } from './environment.ts';
import { systemEnvironment } from './environment.ts';

/** How an engine behaves; all but the store has a default. */
export interface TaskEngineOptions {
  readonly store: TaskStore;
  /** How many runs at a time on this instance. @default 50 */
  readonly concurrency?: number;
  /** How many tasks of one principal may run at the same time, on all instances together. @default no limit */
  readonly perOwner?: number;
  /**
   * How long a lease lasts, in milliseconds; it is prolonged every third of that. The work of an instance that died is taken over
   * after at most `leaseMs + pollMs`. @default 10000
   */
  readonly leaseMs?: number;
  /** How often to look for work that nobody told of, in milliseconds. @default 1000 */
  readonly pollMs?: number;
  /** How long a run that waits for answers is kept in memory, in milliseconds; afterwards it is run again from the top. @default 60000 */
  readonly parkMs?: number;
  /** How many such runs are kept. @default 1000 */
  readonly parked?: number;
  /** How long a run that was told to stop is waited for, in milliseconds. @default 5000 */
  readonly graceMs?: number;
  /** How often what has expired is looked for, on any one instance, in milliseconds. @default 2000 */
  readonly sweepMs?: number;
  /** How often progress is written, at the most, in milliseconds. @default 1000 */
  readonly progressMs?: number;
  readonly limits?: TaskLimits;
  /** Told of errors that callers are not: `reference` is what they were given instead, where they were. @default nobody is */
  readonly onError?: (error: unknown, info: TaskErrorInfo) => void;
  /** OpenTelemetry spans and metrics; costs nothing where no OpenTelemetry SDK is set up. @default true */
  readonly telemetry?: boolean;
  /** Time, chance and timers; for tests. @default the system's */
  readonly environment?: TaskEnvironment;
}

/** What is too much. Sizes are in characters of JSON text. */
export interface TaskLimits {
  /** Tasks of one principal that are not over. @default 1000 */
  readonly livePerOwner?: number;
  /** The params of a request. @default 1048576 */
  readonly paramsSize?: number;
  /** The answers of one update. @default 1048576 */
  readonly answersSize?: number;
  /** A result. @default 4194304 */
  readonly resultSize?: number;
  /** The result of one step. @default 1048576 */
  readonly stepSize?: number;
  /** Steps of one task. @default 10000 */
  readonly steps?: number;
  /** Questions of one task. @default 100 */
  readonly questions?: number;
}

/** Where an error came up. */
export interface TaskErrorInfo {
  /** In a few words. */
  readonly where: string;
  readonly taskId?: string;
  readonly tool?: string;
  readonly reference?: string;
}

/** Options with their defaults. */
export interface ResolvedOptions extends Required<Omit<TaskEngineOptions, 'perOwner' | 'limits'>> {
  readonly perOwner: number | undefined;
  readonly limits: Required<TaskLimits>;
}

/** Fills in defaults; throws `TypeError` for what is not sound. */
export function resolveOptions(options: TaskEngineOptions): ResolvedOptions {
  const resolved = {
    store: options.store,
    concurrency: options.concurrency ?? 50,
    perOwner: options.perOwner,
    leaseMs: options.leaseMs ?? 10_000,
    pollMs: options.pollMs ?? 1000,
    parkMs: options.parkMs ?? 60_000,
    parked: options.parked ?? 1000,
    graceMs: options.graceMs ?? 5000,
    sweepMs: options.sweepMs ?? 2000,
    progressMs: options.progressMs ?? 1000,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    onError: options.onError ?? (() => undefined),
    telemetry: options.telemetry ?? true,
    environment: options.environment ?? systemEnvironment,
  };
  for (const name of ['concurrency', 'parked', 'parkMs', 'graceMs', 'progressMs'] as const)
    checkWhole(name, resolved[name], 0);
  for (const name of ['leaseMs', 'pollMs', 'sweepMs'] as const) checkWhole(name, resolved[name], 10);
  if (resolved.perOwner !== undefined) checkWhole('perOwner', resolved.perOwner, 1);
  for (const [name, most] of Object.entries(resolved.limits)) checkWhole(`limits.${name}`, most, 0);
  return resolved;
}

/** Throws `TypeError` for what is not a whole number from `least` up to what every store can count with. */
export function checkWhole(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > MOST)
    throw new TypeError(`${name} must be a whole number from ${least} to ${MOST}.`);
}

/** The largest whole number of four bytes. */
const MOST = 2_147_483_647;

const DEFAULT_LIMITS: Required<TaskLimits> = {
  livePerOwner: 1000,
  paramsSize: 1024 * 1024,
  answersSize: 1024 * 1024,
  resultSize: 4 * 1024 * 1024,
  stepSize: 1024 * 1024,
  steps: 10_000,
  questions: 100,
};
