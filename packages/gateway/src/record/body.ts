import { createHash, type Hash, hash } from 'node:crypto';
import type { BodyEntry } from './entry.ts';
import type { Redactor } from './redact.ts';

/** Contents that are to be on record. */
export interface Contents {
  readonly message: unknown;
  readonly mostBytes: number;
  readonly redact: Redactor;
}

const OPENING_BRACE = 0x7b;
/** A body that comes whole is hashed with the record, in one step. */
const HASHED_LATER = 16 * 1024;

/** A body as it passes: counted, hashed, and held as long as it comes whole and is not too large. */
export class Body {
  readonly #digests: boolean;
  readonly #most: number;
  #held: Uint8Array | undefined;
  #hash: Hash | undefined;
  #bytes = 0;

  constructor(digests: boolean, most: number) {
    this.#digests = digests;
    this.#most = most;
  }

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes === chunk.byteLength && chunk.byteLength <= Math.max(this.#most, HASHED_LATER)) {
      this.#held = chunk;
      return;
    }
    const held = this.#held;
    if (this.#digests) {
      this.#hash ??= held === undefined ? createHash('sha256') : createHash('sha256').update(held);
      this.#hash.update(chunk);
    }
    this.#held = held !== undefined && this.#bytes <= this.#most ? Buffer.concat([held, chunk]) : undefined;
  }

  /** What it says; `undefined` where it was not held, or is no JSON. */
  message(): unknown {
    const held = this.#held;
    if (held === undefined || held.byteLength > this.#most || held[0] !== OPENING_BRACE) return undefined;
    try {
      return JSON.parse(Buffer.from(held.buffer, held.byteOffset, held.byteLength).toString('utf8'));
    } catch {
      return undefined;
    }
  }

  entry(contents: Contents | undefined): BodyEntry | undefined {
    if (this.#bytes === 0) return undefined;
    const sha256 = this.#digest();
    const entry: BodyEntry = sha256 === undefined ? { bytes: this.#bytes } : { bytes: this.#bytes, sha256 };
    if (contents === undefined) return entry;
    const { message, mostBytes, redact } = contents;
    if (this.#bytes > mostBytes) return { ...entry, omitted: 'too-large' };
    if (message === undefined) return { ...entry, omitted: 'not-json' };
    return isTooDeep(message) ? { ...entry, omitted: 'too-deep' } : { ...entry, content: redact(message) };
  }

  #digest(): string | undefined {
    if (!this.#digests) return undefined;
    if (this.#hash !== undefined) return this.#hash.digest('base64url');
    return this.#held === undefined ? undefined : hash('sha256', this.#held, 'base64url');
  }
}

// ---

/** SQLite looks into no JSON that is nested deeper than 1000, and JavaScript writes none that is nested much deeper. */
const MOST_NESTED = 500;

/** Level by level and without recursion: what is asked is how deep it goes. */
function isTooDeep(root: unknown): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_NESTED) return true;
    level = level.flatMap(membersOf);
  }
  return false;
}

function membersOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
