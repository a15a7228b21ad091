import type { Writable } from 'node:stream';
import { encodeLine } from '@switchyard/wire';
import type { Exchange, MessageStream, Reply } from '../exchange.ts';
import { textOf } from '../prepared-message.ts';
import { MAX_UNSENT_BYTES } from './sse.ts';

/** One line from the client, and the lines that answer it on the channel that all requests share. */
export class StdioExchange implements Exchange {
  readonly transport = 'stdio';
  readonly verb = 'POST';
  readonly #output: Writable;
  readonly #gone: ((reason?: string) => void)[] = [];
  #open = true;
  #ended: (() => void) | undefined;

  constructor(output: Writable) {
    this.#output = output;
  }

  /** Calls back once nothing more will be sent for this line. */
  onEnd(callback: () => void): void {
    this.#ended = callback;
  }

  header(): undefined {
    return undefined;
  }

  alsoSend(): void {}

  reply({ json }: Reply): void {
    if (json !== undefined) this.#write(typeof json === 'string' ? json : textOf(json));
    this.#close();
  }

  stream(): MessageStream {
    const output = this.#output;
    return {
      get keepsUp() {
        return output.writableLength < MAX_UNSENT_BYTES;
      },
      send: (json) => this.#write(json),
      keepAlive: () => undefined,
      end: (lastJson) => {
        if (lastJson !== undefined) this.#write(lastJson);
        this.#close();
      },
      abort: () => this.#close(),
    };
  }

  abandon(): void {
    this.#close();
  }

  onDisconnect(callback: (reason?: string) => void): void {
    this.#gone.push(callback);
  }

  /** The client has cancelled the request, or has gone: nothing more is sent for it. */
  disconnect(reason?: string): void {
    if (!this.#open) return;
    this.#close();
    for (const callback of this.#gone.splice(0)) callback(reason);
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#ended?.();
  }

  #write(json: string): boolean {
    if (!this.#open || this.#output.destroyed) return false;
    this.#output.write(encodeLine(json));
    return this.#output.writableLength < MAX_UNSENT_BYTES;
  }
}
