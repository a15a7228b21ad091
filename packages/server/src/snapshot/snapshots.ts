import type { SnapshotSource } from '../core.ts';
import type { Kind } from '../define/registry.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Snapshot } from '../walk.ts';

/** What makes snapshots, and who hears of new ones. */
export interface SnapshotsOptions {
  readonly compile: () => Promise<Snapshot>;
  /** Called once a changed snapshot is in place, with the lists that differ. */
  readonly changed: (kinds: ReadonlySet<Kind>) => void;
  readonly telemetry: Telemetry;
}

/**
 * The current snapshot. A change of definitions makes the next request wait for the new one,
 * so that whoever registers something can count on it; several changes in a row are compiled once.
 */
export class Snapshots implements SnapshotSource {
  readonly #options: SnapshotsOptions;
  readonly #changedKinds = new Set<Kind>();
  #current: Snapshot | undefined;
  #pending: Promise<Snapshot> | undefined;
  #version = 0;
  /** False until the first snapshot is in place: what is registered before is no change. */
  #served = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  current(): Snapshot | Promise<Snapshot> {
    if (this.#current !== undefined) return this.#current;
    this.#pending ??= this.#compile();
    return this.#pending;
  }

  /** Definitions have changed. */
  invalidate(kind: Kind | undefined): void {
    this.#version += 1;
    this.#current = undefined;
    this.#pending = undefined;
    if (!this.#served) return;
    if (kind !== undefined) this.#changedKinds.add(kind);
    // Listeners must hear of it even where no request comes; a failure is met by the next request.
    queueMicrotask(() => void Promise.resolve(this.current()).catch(() => undefined));
  }

  async #compile(): Promise<Snapshot> {
    const version = this.#version;
    await this.#options.telemetry.ready?.();
    const snapshot = await this.#options.compile();
    if (version !== this.#version) return this.current();
    this.#current = snapshot;
    this.#pending = undefined;
    this.#served = true;
    if (this.#changedKinds.size > 0) this.#options.changed(new Set(this.#changedKinds));
    this.#changedKinds.clear();
    return snapshot;
  }
}
