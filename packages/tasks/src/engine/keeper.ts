import type { Heartbeat } from '../store/verbs.ts';
import { batched } from './batch.ts';
import type { ResolvedOptions } from './options.ts';
import type { Run } from './run.ts';

/** Keeps the leases of runs, and tells runs what has happened to their tasks. */
export class Keeper {
  readonly #options: ResolvedOptions;
  readonly #held = new Map<string, { readonly run: Run; version: number; lost: boolean }>();
  readonly #beat: (run: Run) => Promise<Heartbeat | undefined>;
  #stopTimer: (() => void) | undefined;
  #stopped = false;

  constructor(options: ResolvedOptions) {
    const { store, leaseMs } = options;
    this.#options = options;
    this.#beat = batched(
      (runs: readonly Run[]) =>
        store.heartbeat(
          runs.map(({ lease }) => lease),
          leaseMs,
        ),
      1000,
    );
  }

  get runs(): readonly Run[] {
    return [...this.#held.values()].map(({ run }) => run);
  }

  find(id: string): Run | undefined {
    return this.#held.get(id)?.run;
  }

  /** Whether the store has said that somebody else has it. */
  isLost(run: Run): boolean {
    return this.#held.get(run.id)?.lost === true;
  }

  add(run: Run, version: number): void {
    this.#held.set(run.id, { run, version, lost: false });
    if (this.#stopTimer === undefined && !this.#stopped) this.#schedule();
  }

  remove(run: Run): void {
    if (this.#held.get(run.id)?.run === run) this.#held.delete(run.id);
  }

  stop(): void {
    this.#stopped = true;
    this.#stopTimer?.();
  }

  /** Asks the store what has happened to one task. */
  look(run: Run): void {
    this.#tend(run).catch((error: unknown) => {
      this.#options.onError(error, { where: 'keeping a lease', taskId: run.id, tool: run.tool });
    });
  }

  #schedule(): void {
    const { environment, leaseMs } = this.#options;
    this.#stopTimer = environment.after(leaseMs / 3, () => {
      this.#stopTimer = undefined;
      for (const run of this.runs) this.look(run);
      if (this.#held.size > 0 && !this.#stopped) this.#schedule();
    });
  }

  async #tend(run: Run): Promise<void> {
    const { token } = run.lease;
    const beat = await this.#beat(run);
    const held = this.#held.get(run.id);
    // It may have been parked or taken anew while the store was asked, or be about to give up its lease.
    if (held?.run !== run || run.lease.token !== token || run.isSuspending) return;
    if (beat === undefined) {
      held.lost = true;
      run.interrupt('lost');
      return;
    }
    if (beat.cancelRequested) run.interrupt('cancelled');
    else if (beat.version !== held.version && run.isWaiting) await this.#refresh(run);
    held.version = beat.version;
  }

  async #refresh(run: Run): Promise<void> {
    const { token } = run.lease;
    const dossier = await this.#options.store.inspect(run.id);
    if (dossier?.token === token && this.#held.get(run.id)?.run === run) run.resume(dossier);
  }
}
