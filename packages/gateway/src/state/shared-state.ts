import type { ReplayStore } from '@switchyard/auth/resource';
import type { Resource } from '../resources.ts';

/**
 * What only makes things faster or fairer and may be lost: cached answers, used-up ids, quotas. In memory for one
 * instance; in Redis or Valkey where several share it. Every key is put under the configured prefix; keys of different
 * uses begin with a word of their own, such as `cache:`.
 *
 * Every method waits no longer than `state.timeout` and then rejects with `StateLostError`; after that it rejects at once
 * until the store is back. What follows is the business of each use: a replay window refuses, a cache misses.
 */
export interface SharedState extends Resource, ReplayStore {
  /** Whether other instances see the same. */
  readonly shared: boolean;
  /** The value of a key; `undefined` where there is none, or no longer. */
  get(key: string): Promise<Buffer | undefined>;
  /** Sets a value that is gone after `ttlMs`, and may be gone earlier where memory is short. */
  set(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  /** Forgets a key. */
  delete(key: string): Promise<void>;
  /** Adds 1 to a counter, which starts at 0, and gives what it is then; gone `ttlMs` after the last time. For generations. */
  increment(key: string, ttlMs: number): Promise<number>;
  /**
   * Says once, ever, that an id is new: `true` for the first to ask before `expiresAt` (milliseconds since the epoch),
   * `false` for everyone after. Never forgets an id early: where memory is short, new ones are refused.
   */
  consume(id: string, expiresAt: number): Promise<boolean>;
  /**
   * What somebody has to do before the store can be used, where it never could be since this was made; `undefined` where it
   * works or has worked, and where it may mend itself. Resolves once the first attempt to reach it has ended.
   */
  refused(): Promise<string | undefined>;
  /** Runs Lua where the store can; `undefined` in memory. */
  readonly scripts: Scripts | undefined;
}

/** Lua run in one go by the store. */
export interface Scripts {
  /** Runs a script on keys (the prefix is added) and arguments. What it gives is what Redis makes of its return value. */
  run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** A script, known by its digest after it has run once. */
export interface Script {
  /** Its SHA-1 in hexadecimal. */
  readonly sha: string;
  readonly source: string;
}

/** Why shared state could not be asked: no connection, or no answer in time. */
export class StateLostError extends Error {
  readonly code = 'STATE_LOST' as const;

  constructor(cause?: unknown) {
    super('the shared state cannot be reached', cause === undefined ? {} : { cause });
    this.name = 'StateLostError';
  }
}
