import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** How a body is taken from a client. */
export interface BodyOptions {
  /** `Content-Length`, if there is one. */
  readonly length: number | undefined;
  readonly limitBytes: number;
  /** How much may be held back until the body is whole; beyond it, it streams. */
  readonly holdBytes: number;
  /** Is told of each chunk as it comes, within the limit. */
  readonly tap?: { asked(chunk: Uint8Array): void } | undefined;
}

/** Who takes the body. One of the first two is called, once, as soon as there is something to send. */
export interface BodyTaker {
  /** All of it is in hand. */
  bodyWhole(bytes: Buffer): void;
  /** It comes as a stream, which can be sent once. */
  bodyStreams(stream: Readable): void;
  /** It passed its limit; may follow `bodyStreams`. Nothing more of it is sent. */
  bodyTooLarge(): void;
}

/**
 * Takes the body of a request, unread. A body that comes whole with its first chunk, as nearly all do, is handed over as it
 * is; otherwise it streams as soon as more than `holdBytes` have come.
 */
export function takeBody(req: IncomingMessage, options: BodyOptions, taker: BodyTaker): void {
  const intake = new Intake(req, options, taker);
  const data = (chunk: Buffer) => intake.data(chunk);
  req.on('data', data);
  // A request may be open for hours after its body has come; nothing of the body should stay with it.
  req.once('end', () => {
    req.off('data', data);
    intake.end();
  });
}

/**
 * Reads and forgets the rest of a body, so that the client gets to read its answer, but no more than `mostBytes` of it:
 * then the connection is closed.
 */
export function discard(req: IncomingMessage, mostBytes: number): void {
  let total = 0;
  req.on('data', (chunk: Buffer) => {
    total += chunk.length;
    if (total > mostBytes) req.socket.destroy();
  });
  req.resume();
}

// ---

class Intake {
  readonly #req: IncomingMessage;
  readonly #options: BodyOptions;
  readonly #taker: BodyTaker;
  #held: Buffer | undefined;
  #stream: Readable | undefined;
  #total = 0;
  #over = false;

  constructor(req: IncomingMessage, options: BodyOptions, taker: BodyTaker) {
    this.#req = req;
    this.#options = options;
    this.#taker = taker;
  }

  data(chunk: Buffer): void {
    this.#total += chunk.length;
    if (this.#over) return;
    if (this.#total > this.#options.limitBytes) {
      this.#tooLarge();
      return;
    }
    this.#options.tap?.asked(chunk);
    if (this.#stream === undefined) this.#hold(chunk);
    else if (!this.#stream.destroyed && !this.#stream.push(chunk)) this.#req.pause();
  }

  end(): void {
    if (this.#stream !== undefined && !this.#stream.destroyed) this.#stream.push(null);
    else if (!this.#over) this.#handOver();
  }

  #hold(chunk: Buffer): void {
    this.#held = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    const { length, holdBytes } = this.#options;
    if (this.#total === length) this.#handOver();
    else if (this.#total > holdBytes) this.#startStream(this.#held);
  }

  #handOver(): void {
    this.#over = true;
    const bytes = this.#held ?? Buffer.alloc(0);
    this.#held = undefined;
    this.#taker.bodyWhole(bytes);
  }

  #startStream(held: Buffer): void {
    this.#held = undefined;
    this.#stream = streamOf(this.#req, held);
    this.#taker.bodyStreams(this.#stream);
  }

  #tooLarge(): void {
    this.#over = true;
    this.#stream?.destroy();
    discard(this.#req, this.#options.limitBytes);
    this.#taker.bodyTooLarge();
  }
}

function streamOf(req: IncomingMessage, held: Buffer): Readable {
  const stream = new Readable({
    read() {
      req.resume();
    },
    destroy(error, done) {
      // What still comes is thrown away by the caller's `destroyed` check; it must not block the connection.
      req.resume();
      done(error);
    },
  });
  // A body that is given up before it is sent has nobody to listen to its end.
  stream.on('error', () => {});
  stream.push(held);
  return stream;
}
