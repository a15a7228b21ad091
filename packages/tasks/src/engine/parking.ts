import type { Lease } from '../state/row.ts';
import type { ResolvedOptions } from './options.ts';
import type { Run } from './run.ts';

/** Runs that wait for answers, kept for a while so that they need not begin again from the top. */
export class Parking {
  readonly #options: ResolvedOptions;
  readonly #runs = new Map<string, { readonly run: Run; readonly stop: () => void }>();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  add(run: Run): void {
    const { parkMs, parked, environment } = this.#options;
    if (parkMs === 0 || parked === 0) {
      run.interrupt('suspended');
      return;
    }
    const [oldest] = this.#runs.size >= parked ? this.#runs.keys() : [];
    if (oldest !== undefined) this.#drop(oldest);
    this.#runs.set(run.id, { run, stop: environment.after(parkMs, () => this.#drop(run.id)) });
  }

  /** The run of a task that was just claimed, where nobody else has had the task since it was parked. */
  take({ id, token }: Lease): Run | undefined {
    const parked = this.#runs.get(id);
    if (parked === undefined) return undefined;
    this.#runs.delete(id);
    parked.stop();
    if (parked.run.lease.token + 1 === token) return parked.run;
    parked.run.interrupt('lost');
    return undefined;
  }

  find(id: string): Run | undefined {
    return this.#runs.get(id)?.run;
  }

  remove(run: Run): void {
    const parked = this.#runs.get(run.id);
    if (parked?.run !== run) return;
    parked.stop();
    this.#runs.delete(run.id);
  }

  clear(): void {
    for (const id of [...this.#runs.keys()]) this.#drop(id);
  }

  #drop(id: string): void {
    const parked = this.#runs.get(id);
    parked?.stop();
    this.#runs.delete(id);
    parked?.run.interrupt('suspended');
  }
}
