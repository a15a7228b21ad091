import type { AuditRow } from '../store/store.ts';
import { hashOf, NOTHING_BEFORE } from './chain.ts';

/** What is to be one record of a chain. */
export interface Linkable {
  readonly body: string;
  /** Told whether it is in the store; once, and `false` where it is not there yet. */
  written: ((ok: boolean) => void) | undefined;
  /** Whether it vouches for what is before it, and so is worth nothing where that changes. */
  readonly vouches?: boolean;
}

/** The most records that go into the store together, and the most text: no statement may grow without bound. */
const MOST_TOGETHER = 4096;
const MOST_TEXT = 4 * 1024 * 1024;

/** The end of a chain: what is in the store, and the rows behind it that are on their way there. */
export class Batch {
  readonly #chain: string;
  #stored = { seq: 0, hash: NOTHING_BEFORE };
  #last = this.#stored;
  #entries: Linkable[] = [];
  #rows: AuditRow[] = [];
  #text = 0;

  constructor(chain: string) {
    this.#chain = chain;
  }

  get rows(): readonly AuditRow[] {
    return this.#rows;
  }

  /** The number and the hash of the last row. */
  get last(): { readonly seq: number; readonly hash: string } {
    return this.#last;
  }

  /** The number of the last row that is in the store. */
  get storedSeq(): number {
    return this.#stored.seq;
  }

  /** How much more goes into the store together with what is here. */
  get room(): { readonly most: number; readonly text: number } {
    return { most: MOST_TOGETHER - this.#rows.length, text: MOST_TEXT - this.#text };
  }

  push(entry: Linkable): void {
    const chain = this.#chain;
    const seq = this.#last.seq + 1;
    const prev = this.#last.hash;
    const { body } = entry;
    const row = { chain, seq, prev, body, hash: hashOf({ chain, seq, prev, body }) };
    this.#last = row;
    this.#entries.push(entry);
    this.#rows.push(row);
    this.#text += entry.body.length;
  }

  /** The rows are in the store. */
  stored(): void {
    const entries = this.#entries;
    this.#stored = { seq: this.#last.seq, hash: this.#last.hash };
    this.#clear();
    for (const { written } of entries) written?.(true);
  }

  /** The rows are not in the store yet, and nobody is to wait for them. */
  letGo(): void {
    for (const entry of this.#entries) {
      entry.written?.(false);
      entry.written = undefined;
    }
  }

  /** Keeps the first half of the rows and gives back what the others were made of. */
  halve(): readonly Linkable[] {
    const entries = this.#unlink();
    const kept = Math.ceil(entries.length / 2);
    for (const entry of entries.slice(0, kept)) this.push(entry);
    return entries.slice(kept);
  }

  /** Puts another text in the place of that of the one row there is. */
  replace(body: string): void {
    for (const { written } of this.#unlink()) this.push({ body, written });
  }

  #unlink(): readonly Linkable[] {
    const entries = this.#entries.filter(({ vouches }) => vouches !== true);
    this.#last = this.#stored;
    this.#clear();
    return entries;
  }

  #clear(): void {
    this.#entries = [];
    this.#rows = [];
    this.#text = 0;
  }
}
