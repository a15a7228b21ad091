import type { Replica } from './replica.ts';

/** What happened to a replica that had been running. */
export type ReplicaEvent =
  | { readonly type: 'returned'; readonly how: string; readonly afterMs: number; readonly pid: number }
  | { readonly type: 'not-returned'; readonly how: string; readonly why: string; readonly nextMs: number };

/** What supervision needs. */
export interface SuperviseOptions {
  /** Starts the replica again on the port that it had. */
  readonly start: (port: number) => Promise<Replica>;
  readonly report: (event: ReplicaEvent) => void;
  readonly clock: Clock;
}

/** Time, in milliseconds. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; at once where `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A replica that is kept running. */
export interface Supervised {
  /** The process that runs now, or ran last. */
  readonly replica: Replica;
  /** Lets it drain and exit, and kills it after `timeoutMs`; resolves when it is gone. It is not started again. */
  stop(timeoutMs: number): Promise<void>;
}

/** How long the first restart waits, and each further one at most; a replica that ran for `STEADY_MS` starts over. */
const FIRST_MS = 100;
const MOST_MS = 5000;
const STEADY_MS = 10_000;

/** Keeps a replica running: starts it again whenever it dies, waiting twice as long each time it dies soon. */
export function supervise(first: Replica, options: SuperviseOptions): Supervised {
  const stopping = new AbortController();
  const keeper = new Keeper(first, options, stopping.signal);
  const done = keeper.keep();
  return {
    get replica() {
      return keeper.replica;
    },
    async stop(timeoutMs) {
      stopping.abort();
      keeper.replica.stop();
      const over = new AbortController();
      await Promise.race([done, options.clock.wait(timeoutMs, over.signal)]);
      over.abort();
      keeper.replica.kill();
      await done;
    },
  };
}

// ---

class Keeper {
  replica: Replica;
  readonly #options: SuperviseOptions;
  readonly #stopping: AbortSignal;
  #waitMs = FIRST_MS;

  constructor(first: Replica, options: SuperviseOptions, stopping: AbortSignal) {
    this.replica = first;
    this.#options = options;
    this.#stopping = stopping;
  }

  /** Resolves when the last process has ended. */
  async keep(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const since = clock.now();
      const how = await this.replica.exited;
      if (this.#stopping.aborted) return;
      if (clock.now() - since >= STEADY_MS) this.#waitMs = FIRST_MS;
      const next = await this.#restart(how);
      if (next === undefined) return;
      this.replica = next;
      // Told to stop while it was starting.
      if (this.#stopping.aborted) next.stop();
    }
  }

  async #restart(how: string): Promise<Replica | undefined> {
    const { clock, start, report } = this.#options;
    const died = clock.now();
    for (;;) {
      await clock.wait(this.#waitMs, this.#stopping);
      this.#waitMs = Math.min(this.#waitMs * 2, MOST_MS);
      if (this.#stopping.aborted) return undefined;
      try {
        const replica = await start(this.replica.port);
        report({ type: 'returned', how, afterMs: clock.now() - died, pid: replica.pid });
        return replica;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        report({ type: 'not-returned', how, why, nextMs: this.#waitMs });
      }
    }
  }
}
