import type { Linkable } from './batch.ts';

/** Something that becomes a record when its turn comes. */
export interface Recordable {
  encode(): string;
  /** About how much memory it takes until then, in bytes. @default 0 */
  readonly bytes?: number;
}

/** A record to be, and who waits for it. */
export interface Queued {
  readonly recordable: Recordable;
  written: Linkable['written'];
}

/** The most that what waits may hold, whatever its number. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What waits to be written, within bounds; counts what found no room. */
export class RecordQueue {
  readonly #most: number;
  #queued: Queued[] = [];
  /** What has been taken out of the front of `#queued`. */
  #taken = 0;
  #bytes = 0;
  #lost = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#queued.length - this.#taken;
  }

  /** Whether so many more can be held beside those that are elsewhere. */
  hasRoomFor(more: number, elsewhere: number): boolean {
    return this.length + elsewhere + more < this.#most && this.#bytes < MOST_BYTES;
  }

  /** Says whether there was room. */
  add(queued: Queued, elsewhere: number): boolean {
    if (!this.hasRoomFor(0, elsewhere)) {
      this.#lost += 1;
      return false;
    }
    this.push(queued);
    return true;
  }

  /** Whatever the bounds. */
  push(queued: Queued): void {
    this.#queued.push(queued);
    this.#bytes += queued.recordable.bytes ?? 0;
  }

  shift(): Queued | undefined {
    const next = this.#queued[this.#taken];
    if (next === undefined) return undefined;
    this.#taken += 1;
    this.#bytes -= next.recordable.bytes ?? 0;
    if (this.#taken === this.#queued.length || this.#taken === COMPACTED) {
      this.#queued = this.#queued.slice(this.#taken);
      this.#taken = 0;
    }
    return next;
  }

  /** What has been taken already and comes before all else after all. */
  unshift(entries: readonly Linkable[]): void {
    const back = entries.map(({ body, written }) => ({ recordable: { encode: () => body }, written }));
    this.#queued = [...back, ...this.#queued.slice(this.#taken)];
    this.#taken = 0;
  }

  /** How many found no room since this was asked last. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /** Nobody is to wait any more. */
  letGo(): void {
    for (const queued of this.#queued.slice(this.#taken)) {
      queued.written?.(false);
      queued.written = undefined;
    }
  }

  /** Whether somebody waits. */
  get awaited(): boolean {
    return this.#queued.some(({ written }, at) => at >= this.#taken && written !== undefined);
  }
}

// ---

const COMPACTED = 1024;
