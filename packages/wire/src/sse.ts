/** An event to send. */
export interface SseMessage {
  data: string;
  /** The event's type; without it readers take it for `message`. */
  event?: string;
  id?: string;
  /** After how many milliseconds a reader should reconnect. */
  retry?: number;
}

/** An event received. */
export interface SseEvent {
  data: string;
  /** Absent for a plain message. */
  event?: string;
  /** The last id the stream has set, here or before; absent while it has set none. */
  id?: string;
}

/** How a decoder is set up. */
export interface SseDecoderOptions {
  /** The most of one event's data and unfinished line, in UTF-16 units, which are never more than its bytes. Against a stream that never ends an event. @default 4194304 */
  maxEventBytes?: number;
}

/**
 * The text of one event. Every line end within `data` starts a new `data:` line, and all arrive as `\n`. Throws TypeError for
 * an `event` or `id` that holds a line end, an `id` that holds NUL, or a `retry` that is no whole number of milliseconds.
 * Spec: basic/transports/streamable-http#receiving-messages; HTML standard, server-sent events.
 */
export function encodeEvent(message: SseMessage): string {
  const { data, event, id, retry } = message;
  let text = '';
  if (event !== undefined) text += `event: ${oneLine(event, 'event')}\n`;
  if (id !== undefined) {
    if (id.includes('\0')) throw new TypeError('An SSE id must not hold NUL');
    text += `id: ${oneLine(id, 'id')}\n`;
  }
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0)
      throw new TypeError('An SSE retry must be a whole number of ms');
    text += `retry: ${retry}\n`;
  }
  if (!LINE_END.test(data)) return `${text}data: ${data}\n\n`;
  for (const line of data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

/** The text of a comment, which readers skip: a keep-alive. Line ends in it become further comment lines. */
export function encodeComment(text = ''): string {
  if (text === '') return ':\n\n';
  const lines = text.split(/\r\n|\r|\n/).map((line) => `: ${line}\n`);
  return `${lines.join('')}\n`;
}

/**
 * Reads a stream of server-sent events, fed in chunks cut anywhere, even within a character or a line end. Bytes that are not
 * UTF-8 become U+FFFD, as the HTML standard has it. Throws RangeError, then and ever after, once one event is larger than
 * `maxEventBytes`.
 */
export class SseDecoder {
  readonly #maxEventSize: number;
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The start of a line whose end has not come. */
  #rest = '';
  #atStart = true;
  #afterCr = false;
  #size = 0;
  #data: string[] = [];
  #event = '';
  #id: string | undefined;
  #retry: number | undefined;
  #overflown = false;

  constructor(options: SseDecoderOptions = {}) {
    this.#maxEventSize = options.maxEventBytes ?? 4 * 1024 * 1024;
  }

  /** The reconnection time the stream last set, in milliseconds. */
  get retry(): number | undefined {
    return this.#retry;
  }

  /** The events that this chunk completes. */
  push(chunk: Uint8Array | string): SseEvent[] {
    if (this.#overflown) throw this.#tooLarge();
    return this.#read(typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, { stream: true }));
  }

  /** Ends the stream. An event without its closing blank line is dropped, as the HTML standard has it. */
  end(): SseEvent[] {
    if (this.#overflown) throw this.#tooLarge();
    const events = this.#read(this.#utf8.decode());
    this.#rest = '';
    this.#data = [];
    this.#event = '';
    this.#size = 0;
    return events;
  }

  #read(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    let at = this.#skipStart(text);
    const ends = new LineEnds(text);
    for (let end = ends.next(at); end !== -1; end = ends.next(at)) {
      const line = this.#rest + text.slice(at, end);
      this.#rest = '';
      this.#bound(line.length);
      this.#line(line, events);
      at = end + 1;
      if (text.charCodeAt(end) === CR) {
        if (at === text.length) this.#afterCr = true;
        else if (text.charCodeAt(at) === LF) at += 1;
      }
    }
    this.#rest += text.slice(at);
    this.#bound(this.#rest.length);
    return events;
  }

  /** Where the text begins once a byte order mark, and the LF of a CRLF cut in two, are passed over. */
  #skipStart(text: string): number {
    if (text === '') return 0;
    if (this.#atStart) {
      this.#atStart = false;
      return text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    }
    const skip = this.#afterCr && text.charCodeAt(0) === LF;
    this.#afterCr = false;
    return skip ? 1 : 0;
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === '') {
      this.#dispatch(events);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const start = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
    const value = colon === -1 ? '' : line.slice(start);
    if (field === 'data') {
      this.#data.push(value);
      this.#size += value.length + 1;
    } else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^[0-9]{1,15}$/.test(value)) this.#retry = Number(value);
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data.length > 0) {
      const event: SseEvent = {
        data: this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n'),
      };
      if (this.#event !== '') event.event = this.#event;
      if (this.#id !== undefined) event.id = this.#id;
      events.push(event);
    }
    this.#data = [];
    this.#event = '';
    this.#size = 0;
  }

  /** Fails once the event so far and a line of this length are too much together. */
  #bound(lineLength: number): void {
    if (this.#size + lineLength <= this.#maxEventSize) return;
    this.#overflown = true;
    this.#rest = '';
    this.#data = [];
    throw this.#tooLarge();
  }

  #tooLarge(): RangeError {
    return new RangeError(`A server-sent event is larger than ${this.#maxEventSize}`);
  }
}

const LINE_END = /[\r\n]/;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = 0xfeff;

function oneLine(value: string, field: string): string {
  if (LINE_END.test(value)) throw new TypeError(`An SSE ${field} must not hold a line end`);
  return value;
}

/** Finds line ends in order; looks no position up twice, so that a text of many lines costs one pass. */
class LineEnds {
  readonly #text: string;
  #lf = -2;
  #cr = -2;

  constructor(text: string) {
    this.#text = text;
  }

  /** The index of the first LF or CR from `from` on, or -1. `from` never goes back. */
  next(from: number): number {
    if (this.#lf !== -1 && this.#lf < from) this.#lf = this.#text.indexOf('\n', from);
    if (this.#cr !== -1 && this.#cr < from) this.#cr = this.#text.indexOf('\r', from);
    if (this.#lf === -1 || this.#cr === -1) return Math.max(this.#lf, this.#cr);
    return Math.min(this.#lf, this.#cr);
  }
}
