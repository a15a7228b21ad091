/** How a line decoder is set up. */
export interface LineDecoderOptions {
  /** The most bytes of one line. Against a peer that never ends a line. @default 4194304 */
  maxLineBytes?: number;
}

/**
 * The line that carries a message over stdio: the JSON and a newline. Throws TypeError for a text that holds a line end; the
 * output of `JSON.stringify` without indentation never does. Spec: basic/transports/stdio.
 */
export function encodeLine(json: string): string {
  if (json.includes('\n') || json.includes('\r'))
    throw new TypeError('A stdio message must not hold a line end');
  return `${json}\n`;
}

/**
 * Cuts a byte stream into lines, fed in chunks cut anywhere. Lines end with LF or CRLF; empty lines are skipped. They stay
 * bytes, so that `parseMessage` can refuse what is not UTF-8; a line may be a view into the chunk it came in. Throws
 * RangeError, then and ever after, once a line is longer than `maxLineBytes`. Spec: basic/transports/stdio.
 */
export class LineDecoder {
  readonly #maxLineBytes: number;
  /** The pieces of a line whose end has not come. */
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(options: LineDecoderOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? 4 * 1024 * 1024;
  }

  /** The lines that this chunk completes, without their ends. */
  push(chunk: Uint8Array | string): Uint8Array[] {
    const bytes = typeof chunk === 'string' ? utf8.encode(chunk) : chunk;
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, from)) {
      this.#keep(bytes.subarray(from, end));
      this.#finish(lines);
      from = end + 1;
    }
    // Copied: the owner of the chunk may use its memory again before the line is complete.
    this.#keep(bytes.slice(from));
    return lines;
  }

  /** The last line, where the stream ended without a line end. */
  end(): Uint8Array[] {
    this.#keep(EMPTY);
    const lines: Uint8Array[] = [];
    this.#finish(lines);
    return lines;
  }

  #finish(lines: Uint8Array[]): void {
    const line = this.#parts.length === 1 ? (this.#parts[0] ?? EMPTY) : concat(this.#parts, this.#size);
    this.#parts = [];
    this.#size = 0;
    const text = line[line.length - 1] === CR ? line.subarray(0, -1) : line;
    if (text.length > 0) lines.push(text);
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > this.#maxLineBytes) {
      // The size stays, so that every later call fails too.
      this.#parts = [];
      throw new RangeError(`A line is longer than ${this.#maxLineBytes} bytes`);
    }
    if (part.length > 0) this.#parts.push(part);
  }
}

const CR = 0x0d;
const LF = 0x0a;
const EMPTY: Uint8Array = new Uint8Array(0);
const utf8 = new TextEncoder();

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
