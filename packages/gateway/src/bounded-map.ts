/** What a bounded map keeps. */
export interface Sized {
  readonly key: string;
  readonly bytes: number;
}

/**
 * A map within a bound in bytes. What was used since the bound was last met gets a second chance, and what was not goes
 * first, the oldest of it before the rest: as good as going by last use, and finding something changes nothing but a flag.
 */
export class BoundedMap<V extends Sized> {
  readonly #maxBytes: number;
  readonly #kept = new Map<string, Slot<V>>();
  readonly #gone: ((value: V) => void) | undefined;
  #bytes = 0;

  /** `gone` is told of whatever leaves the map, for whatever reason. */
  constructor(maxBytes: number, gone?: (value: V) => void) {
    this.#maxBytes = maxBytes;
    this.#gone = gone;
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): V | undefined {
    const slot = this.#kept.get(key);
    if (slot === undefined) return undefined;
    slot.used = true;
    return slot.value;
  }

  /** Says whether the value is kept: not where it is larger than the bound; what had its key is gone either way. */
  set(value: V): boolean {
    this.delete(value.key);
    if (value.bytes > this.#maxBytes) return false;
    this.#kept.set(value.key, { value, used: false });
    this.#bytes += value.bytes;
    this.#makeRoom(value);
    return true;
  }

  delete(key: string): boolean {
    const slot = this.#kept.get(key);
    if (slot === undefined) return false;
    this.#kept.delete(key);
    this.#bytes -= slot.value.bytes;
    this.#gone?.(slot.value);
    return true;
  }

  /** A slot that gets a second chance comes last, and so is met again only where there still is no room. */
  #makeRoom(newest: V): void {
    if (this.#bytes <= this.#maxBytes) return;
    for (const [key, slot] of this.#kept) {
      if (slot.used) {
        slot.used = false;
        this.#kept.delete(key);
        this.#kept.set(key, slot);
      } else if (slot.value !== newest) {
        this.delete(key);
        if (this.#bytes <= this.#maxBytes) return;
      }
    }
  }
}

// ---

interface Slot<V> {
  readonly value: V;
  used: boolean;
}
