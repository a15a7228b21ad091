import type { ServerResponse } from 'node:http';
import type { ResponseSink } from './errand.ts';

/** How a response is passed on. */
export interface RelayOptions {
  readonly status: number;
  /** Flat list. */
  readonly headers: string[];
  /** Declared length in bytes. */
  readonly length: number | undefined;
}

/** Passes one response on to the caller, chunk by chunk as it comes. */
export class Relay implements ResponseSink {
  readonly #res: ServerResponse;
  readonly #length: number | undefined;
  #received = 0;

  constructor(res: ServerResponse, { status, headers, length }: RelayOptions) {
    this.#res = res;
    this.#length = length;
    res.writeHead(status, headers);
    // A stream may be silent for long after its headers; with a declared length the body is on its way.
    if (length === undefined) process.nextTick(flush, res);
  }

  write(chunk: Buffer): boolean {
    this.#received += chunk.length;
    if (this.#received !== this.#length) return this.#res.write(chunk);
    this.#res.end(chunk);
    return true;
  }

  whenRead(callback: () => void): void {
    this.#res.once('drain', callback);
  }

  end(): void {
    if (!this.#res.writableEnded) this.#res.end();
  }
}

// ---

function flush(res: ServerResponse): void {
  if (!res.writableEnded && !res.destroyed) res.flushHeaders();
}
