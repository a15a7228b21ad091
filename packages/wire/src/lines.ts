import { ByteCollector } from './byte-collector.ts';

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
  /** The beginning of a line whose end has not come. */
  readonly #rest: ByteCollector;
  #overlong = false;

  constructor(options: LineDecoderOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? 4 * 1024 * 1024;
    this.#rest = new ByteCollector(this.#maxLineBytes);
  }

  /** The lines that this chunk completes, without their ends. */
  push(chunk: Uint8Array | string): Uint8Array[] {
    const bytes = typeof chunk === 'string' ? utf8.encode(chunk) : chunk;
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, from)) {
      this.#finish(bytes.subarray(from, end), lines);
      from = end + 1;
    }
    this.#bound(bytes.length - from);
    // Copied: the owner of the chunk may use its memory again before the line is complete.
    this.#rest.add(bytes.subarray(from));
    return lines;
  }

  /** The last line, where the stream ended without a line end. */
  end(): Uint8Array[] {
    const lines: Uint8Array[] = [];
    this.#finish(EMPTY, lines);
    return lines;
  }

  #finish(part: Uint8Array, lines: Uint8Array[]): void {
    this.#bound(part.length);
    const line = this.#joined(part);
    const text = line[line.length - 1] === CR ? line.subarray(0, -1) : line;
    if (text.length > 0) lines.push(text);
  }

  #joined(part: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return part;
    this.#rest.add(part);
    return this.#rest.take();
  }

  /** Fails, then and ever after, once a line with so many bytes more is too long. */
  #bound(more: number): void {
    if (!this.#overlong && this.#rest.length + more <= this.#maxLineBytes) return;
    this.#overlong = true;
    this.#rest.take();
    throw new RangeError(`A line is longer than ${this.#maxLineBytes} bytes`);
  }
}

const CR = 0x0d;
const LF = 0x0a;
const EMPTY: Uint8Array = new Uint8Array(0);
const utf8 = new TextEncoder();
