import type { SnapshotSource } from '../core.ts';
import type { Kind } from '../define/registry.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Snapshot } from '../walk.ts';

/** What makes snapshots, and who hears of new ones. */
export interface SnapshotsOptions {
  readonly compile: () => Promise<Snapshot>;
  /** Called once a changed snapshot is in place, with the lists that differ. */
  readonly changed: (kinds: ReadonlySet<Kind>) => void;
  /** Called where a change cannot be compiled; what was served before is served on. */
  readonly failed: (error: unknown) => void;
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
  /** The last one that was served; none until the first is in place, since what is registered before is no change. */
  #last: Snapshot | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  current(): Snapshot | Promise<Snapshot> {
    if (this.#current !== undefined) return this.#current;
    this.#pending ??= this.#compile();
    return this.#pending;
  }

  /** Resolves when what is registered is being served; rejects where it cannot be compiled. */
  async ready(): Promise<void> {
    await this.current();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Definitions have changed. */
  invalidate(kind: Kind | undefined): void {
    this.#version += 1;
    this.#current = undefined;
    this.#pending = undefined;
    if (this.#last === undefined) return;
    if (kind !== undefined) this.#changedKinds.add(kind);
    // Listeners must hear of it even where no request comes; a failure is met by the next request.
    queueMicrotask(() => void Promise.resolve(this.current()).catch(() => undefined));
  }

  async #compile(): Promise<Snapshot> {
    const version = this.#version;
    await this.#options.telemetry.ready?.();
    const compiled = await this.#attempt();
    if (version !== this.#version) return this.current();
    this.#failure = compiled.ok ? undefined : { error: compiled.error };
    if (!compiled.ok) return this.#keepLast(compiled.error);
    compiled.snapshot.place();
    this.#current = compiled.snapshot;
    this.#last = compiled.snapshot;
    this.#pending = undefined;
    if (this.#changedKinds.size > 0) this.#options.changed(new Set(this.#changedKinds));
    this.#changedKinds.clear();
    return compiled.snapshot;
  }

  async #attempt(): Promise<{ ok: true; snapshot: Snapshot } | { ok: false; error: unknown }> {
    try {
      return { ok: true, snapshot: await this.#options.compile() };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** One bad change must not take down what works; without anything before, there is nothing to serve. */
  #keepLast(error: unknown): Snapshot {
    if (this.#last === undefined) throw error;
    this.#options.failed(error);
    this.#current = this.#last;
    this.#pending = undefined;
    return this.#last;
  }
}
