/**
 * Bytes that come in pieces, copied into one buffer that doubles as it fills: neither a piece nor the memory that it is a view
 * into is held. Against a peer that sends little at a time.
 */
export class ByteCollector {
  readonly #mostBytes: number;
  #buffer: Uint8Array = EMPTY;
  #length = 0;

  /** `mostBytes` is what may be collected, and what the buffer never outgrows; who adds sees to it. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** All of it; what is added from now on begins anew. */
  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#buffer = EMPTY;
    this.#length = 0;
    return bytes;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, Math.min(2 * this.#buffer.length, this.#mostBytes)));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

const EMPTY: Uint8Array = new Uint8Array(0);
