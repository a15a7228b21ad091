import type { Note } from '../note.ts';

/** What views made of a kept answer. */
export interface ShownAnswer {
  /** What it was made of. */
  readonly source: Buffer;
  readonly shown: Buffer;
  /** What views put on record when they made it. */
  readonly notes: readonly Note[];
}

const OVERHEAD_BYTES = 200;

/** What views made of kept answers, within a bound in bytes; what was used longest ago goes first. */
export class Shown {
  readonly #maxBytes: number;
  readonly #kept = new Map<string, ShownAnswer>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What was made of that very source; `undefined` where the source has changed since. */
  get(key: string, source: Buffer): ShownAnswer | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || !(kept.source === source || kept.source.equals(source))) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  set(key: string, kept: ShownAnswer): void {
    this.#forget(key);
    const size = sizeOf(key, kept);
    if (size > this.#maxBytes) return;
    this.#kept.set(key, kept);
    this.#bytes += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= sizeOf(key, kept);
  }
}

// ---

/** The source may outlive its place in the store here. */
function sizeOf(key: string, { source, shown }: ShownAnswer): number {
  return source.byteLength + shown.byteLength + 2 * key.length + OVERHEAD_BYTES;
}
