import type { ResolvedOptions } from './options.ts';

/** How many tasks one sweep takes, of either kind. */
const SWEEP_LIMIT = 10_000;

/** Sweeps from time to time; the store sees to it that of all instances one does. */
export class Sweeper {
  readonly #options: ResolvedOptions;
  #stopTimer: (() => void) | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopTimer === undefined) this.#schedule();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = () => undefined;
  }

  #schedule(): void {
    const { environment, sweepMs } = this.#options;
    // Instances that began together do not go on asking together.
    const stop = environment.after(sweepMs * (0.9 + 0.2 * environment.random()), () => {
      // It tells of its own errors.
      void this.#sweep().then(() => {
        if (this.#stopTimer === stop) this.#schedule();
      });
    });
    this.#stopTimer = stop;
  }

  async #sweep(): Promise<void> {
    const { store, sweepMs, onError } = this.#options;
    try {
      await store.sweep({ everyMs: sweepMs, limit: SWEEP_LIMIT });
    } catch (error) {
      onError(error, { where: 'sweeping' });
    }
  }
}
