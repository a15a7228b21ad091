import { BoundedMap, type Sized } from '../bounded-map.ts';
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

/** What views made of kept answers, within a bound in bytes. */
export class Shown {
  readonly #kept: BoundedMap<Kept>;

  constructor(maxBytes: number) {
    this.#kept = new BoundedMap(maxBytes);
  }

  /** What was made of that very source; `undefined` where the source has changed since. */
  get(key: string, source: Buffer): ShownAnswer | undefined {
    const answer = this.#kept.get(key)?.answer;
    if (answer === undefined) return undefined;
    return answer.source === source || answer.source.equals(source) ? answer : undefined;
  }

  set(key: string, answer: ShownAnswer): void {
    // The source may outlive its place in the store here.
    const { source, shown } = answer;
    const bytes = source.byteLength + shown.byteLength + 2 * key.length + OVERHEAD_BYTES;
    this.#kept.set({ key, answer, bytes });
  }
}

// ---

interface Kept extends Sized {
  readonly answer: ShownAnswer;
}
