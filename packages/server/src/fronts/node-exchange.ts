import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeEvent } from '@switchyard/wire';
import type { Exchange, MessageStream, Reply } from '../exchange.ts';
import { KEEP_ALIVE, MAX_UNSENT_BYTES, STREAM_HEADERS } from './sse.ts';

/** An exchange over `node:http`, without a web `Request` or `Response` in between. */
export class NodeExchange implements Exchange {
  readonly transport = 'http';
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get verb(): string {
    return this.#request.method ?? '';
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    if (typeof value !== 'string') return Array.isArray(value) ? value.join(', ') : undefined;
    return value.includes(',') && name.startsWith('mcp-') ? this.#sentOnce(name, value) : value;
  }

  /**
   * Node joins what is sent twice with commas, and so a value of the body that has one. Whoever routed by the first of two
   * headers did not see that value: NUL, which no header can hold, makes it agree with nothing.
   */
  #sentOnce(name: string, value: string): string {
    return this.#request.headersDistinct[name]?.length === 1 ? value : `${value}\0`;
  }

  alsoSend(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      // A framework in front may vary its answers, too; everything else has one value.
      if (name === 'vary') this.#response.appendHeader(name, value);
      else this.#response.setHeader(name, value);
    }
  }

  reply({ status, json, headers }: Reply): void {
    const response = this.#response;
    if (response.destroyed) return;
    if (json === undefined) {
      response.writeHead(status, headers);
      response.end();
    } else if (typeof json === 'string') {
      response.writeHead(status, jsonHeaders(Buffer.byteLength(json), headers));
      response.end(json);
    } else {
      const length = Buffer.byteLength(json.head) + json.bytes.length;
      response.writeHead(status, jsonHeaders(length, headers));
      response.write(json.head);
      response.end(json.bytes);
    }
  }

  stream(): MessageStream {
    this.#response.writeHead(200, STREAM_HEADERS);
    return new NodeStream(this.#response);
  }

  abandon(): void {
    this.#response.destroy();
  }

  onDisconnect(callback: () => void): void {
    const response = this.#response;
    if (response.destroyed) {
      if (!response.writableFinished) callback();
      return;
    }
    response.once('close', () => {
      if (!response.writableFinished) callback();
    });
  }
}

type Headers = Readonly<Record<string, string | number>>;

function jsonHeaders(length: number, headers: Headers | undefined): Headers {
  const own = { 'content-type': 'application/json', 'content-length': length };
  return headers === undefined ? own : { ...own, ...headers };
}

class NodeStream implements MessageStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get keepsUp(): boolean {
    return this.#response.writableLength < MAX_UNSENT_BYTES;
  }

  send(json: string): boolean {
    return this.#write(encodeEvent({ data: json }));
  }

  keepAlive(): void {
    this.#write(KEEP_ALIVE);
  }

  end(lastJson?: string): void {
    if (lastJson !== undefined) this.send(lastJson);
    this.#response.end();
  }

  abort(): void {
    this.#response.destroy();
  }

  #write(text: string): boolean {
    if (this.#response.destroyed || this.#response.writableEnded) return false;
    this.#response.write(text);
    return this.keepsUp;
  }
}
