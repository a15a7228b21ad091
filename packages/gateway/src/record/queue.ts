import type { Linkable } from './batch.ts';

/** What becomes a record. */
export interface Recordable {
  /** The text of the record. */
  encode(): string;
}

type Written = Linkable['written'];

interface Unspelt {
  readonly recordable: Recordable;
  written: Written;
}

/** The most text that may wait, in characters, whatever its parts. */
const MOST_TEXT = 32 * 1024 * 1024;

/**
 * So many are put into words at once: far cheaper than one by one between other work, and soon enough that what they are made
 * of has not grown old, which would cost more to be rid of than the text.
 */
const SPELT_TOGETHER = 32;

/** What waits to be written, within bounds; counts what found no room. */
export class RecordQueue {
  readonly #most: number;
  readonly #spell: (recordable: Recordable) => string;
  #unspelt: Unspelt[] = [];
  #queued: Linkable[] = [];
  #text = 0;
  #lost = 0;

  constructor(most: number, spell: (recordable: Recordable) => string) {
    this.#most = most;
    this.#spell = spell;
  }

  get length(): number {
    return this.#queued.length + this.#unspelt.length;
  }

  /** Whether so many more can be held beside those that are elsewhere. */
  hasRoomFor(more: number, elsewhere: number): boolean {
    return this.length + elsewhere + more < this.#most && this.#text < MOST_TEXT;
  }

  /** Says whether there was room. */
  add(recordable: Recordable, { written, elsewhere }: { written?: Written; elsewhere: number }): boolean {
    if (!this.hasRoomFor(0, elsewhere)) {
      this.#lost += 1;
      return false;
    }
    this.push(recordable, written);
    return true;
  }

  /** Whatever the bounds. */
  push(recordable: Recordable, written?: Written): void {
    this.#unspelt.push({ recordable, written });
    if (this.#unspelt.length >= SPELT_TOGETHER) this.spell();
  }

  /** Puts into words what is not yet. */
  spell(): void {
    const unspelt = this.#unspelt;
    this.#unspelt = [];
    for (const { recordable, written } of unspelt) {
      const body = this.#spell(recordable);
      this.#queued.push({ body, written });
      this.#text += body.length;
    }
  }

  /** Takes what has waited longest: one at least, where there is one, and no more than so many or so much text. */
  take({ most, text }: { readonly most: number; readonly text: number }): readonly Linkable[] {
    this.spell();
    let count = 0;
    let taken = 0;
    for (; count < Math.min(most, this.#queued.length) && taken < text; count++)
      taken += this.#queued[count]?.body.length ?? 0;
    this.#text -= taken;
    return this.#queued.splice(0, count);
  }

  /** What has been taken already and comes before all else after all. */
  putBack(entries: readonly Linkable[]): void {
    this.#queued = [...entries, ...this.#queued];
    for (const { body } of entries) this.#text += body.length;
  }

  /** How many found no room since this was asked last. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /** Nobody is to wait any more. */
  letGo(): void {
    for (const entry of [...this.#queued, ...this.#unspelt]) {
      entry.written?.(false);
      entry.written = undefined;
    }
  }

  /** Whether somebody waits. */
  get awaited(): boolean {
    return [...this.#queued, ...this.#unspelt].some(({ written }) => written !== undefined);
  }
}
