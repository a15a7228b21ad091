import type { Result } from '@switchyard/wire';

/** What an operation comes to: a result to encode, ready-made bytes, or nothing where it answers by itself. */
export type Outcome = Result | Prepared | undefined;

/** From this many characters on, a ready-made result is written as bytes instead of being joined into the message. */
const WRITE_AS_BYTES = 4096;

const encoder = new TextEncoder();

/** A result made ready when the definitions were compiled: encoding it costs nothing but the id. */
export class Prepared {
  /** Its JSON text. */
  readonly json: string;
  /** The same as UTF-8 with the brace that ends the message, where it is long enough to be worth writing apart. */
  readonly bytes: Uint8Array | undefined;
  #result: Result | undefined;

  constructor(result: Result) {
    this.json = JSON.stringify(result);
    this.bytes = this.json.length < WRITE_AS_BYTES ? undefined : encoder.encode(`${this.json}}`);
  }

  /** The result as an object, for middleware: frozen through and through, since all callers share it. */
  get result(): Result {
    // What was stringified from a result is one.
    this.#result ??= frozen(JSON.parse(this.json) as Result);
    return this.#result;
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
