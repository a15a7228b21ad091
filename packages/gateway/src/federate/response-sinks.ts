import { encodeComment, type ParseOutcome, parseMessage, SseDecoder } from '@switchyard/wire';
import type { ResponseSink } from '../forward/errand.ts';

/** Who takes the messages of a response. */
export interface MessageTaker {
  /** The response is the whole body. */
  whole(body: Buffer): void;
  /** One event of a stream; `false` if nothing should follow until `whenRead`. */
  event(data: string, outcome: ParseOutcome): boolean;
  /** Writes what is no message. */
  write(text: string): boolean;
  whenRead(callback: () => void): void;
  /** The stream is whole. */
  close(): void;
  /** What came is not a message, or too much. */
  invalid(message: string): void;
}

const TOO_LARGE = 'The server answered with more than this gateway takes';

/** Collects a body. */
export class Whole implements ResponseSink {
  readonly #sink: MessageTaker;
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #total = 0;

  constructor(sink: MessageTaker, limitBytes: number) {
    this.#sink = sink;
    this.#limitBytes = limitBytes;
  }

  write(chunk: Buffer): boolean {
    this.#total += chunk.length;
    if (this.#total > this.#limitBytes) {
      this.#chunks = [];
      this.#sink.invalid(TOO_LARGE);
    } else this.#chunks.push(chunk);
    return true;
  }

  whenRead(callback: () => void): void {
    callback();
  }

  end(): void {
    const [first] = this.#chunks;
    if (this.#total > this.#limitBytes) return;
    this.#sink.whole(this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks));
  }
}

/** Reads an event stream and passes on what it has understood, and nothing else. */
export class Events implements ResponseSink {
  readonly #sink: MessageTaker;
  readonly #decoder: SseDecoder;
  readonly #limitBytes: number;

  constructor(sink: MessageTaker, limitBytes: number) {
    this.#sink = sink;
    this.#limitBytes = limitBytes;
    this.#decoder = new SseDecoder({ maxEventBytes: limitBytes });
  }

  write(chunk: Buffer): boolean {
    try {
      const events = this.#decoder.push(chunk);
      // What brings no event (a comment, a part of one) still shows that the server lives.
      if (events.length === 0) return this.#sink.write(encodeComment());
      let open = true;
      for (const { data } of events) open = this.#event(data) && open;
      return open;
    } catch {
      this.#sink.invalid(TOO_LARGE);
      return true;
    }
  }

  whenRead(callback: () => void): void {
    this.#sink.whenRead(callback);
  }

  end(): void {
    this.#sink.close();
  }

  #event(data: string): boolean {
    const outcome = parseMessage(data, { maxBytes: this.#limitBytes });
    if (outcome.kind === 'response' || outcome.kind === 'notification')
      return this.#sink.event(data, outcome);
    this.#sink.invalid('The server sent an event that is neither a notification nor a response');
    return true;
  }
}
