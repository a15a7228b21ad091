import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { channelError } from './channel.ts';

/** Until the server has said how many it takes. */
const STREAMS_AT_FIRST = 100;
const MOST_STREAMS = 1000;

/** What Node says where the connection has ended since it was last looked at. */
const ENDED: ReadonlySet<string> = new Set(['ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_GOAWAY_SESSION']);

/** What a session tells its channel. */
export interface SessionOwner {
  /** How long a connection is kept that nobody uses, in milliseconds. */
  readonly idleMs: number;
  /** More or fewer streams may begin here than before. */
  changed(): void;
  /** The connection is gone. */
  closed(session: Http2Session): void;
}

/** One HTTP/2 connection. */
export class Http2Session {
  readonly #session: ClientHttp2Session;
  readonly #owner: SessionOwner;
  readonly #authority: string;
  #open = 0;
  #most = STREAMS_AT_FIRST;
  #retired = false;

  constructor(origin: URL, socket: Socket, owner: SessionOwner) {
    this.#owner = owner;
    this.#authority = origin.host;
    this.#session = connect(origin, { createConnection: () => socket, settings: { enablePush: false } });
    this.#session.on('remoteSettings', ({ maxConcurrentStreams = MOST_STREAMS }) => {
      this.#most = Math.min(maxConcurrentStreams, MOST_STREAMS);
      owner.changed();
    });
    // What becomes of its streams they tell themselves.
    this.#session.on('error', () => this.retire());
    this.#session.on('goaway', () => this.retire());
    this.#session.on('close', () => {
      this.#retired = true;
      owner.closed(this);
    });
    this.#session.setTimeout(owner.idleMs);
    // A callback of `setTimeout` would be heard once, with the first stream that is silent for so long.
    this.#session.on('timeout', () => {
      if (this.#open === 0) this.retire();
    });
  }

  /** Whether a stream may begin. */
  get hasRoom(): boolean {
    return !this.#retired && this.#open < this.#most && !this.#session.closed && !this.#session.destroyed;
  }

  /** Begins a stream. Throws where the connection has ended in the meantime, and where HTTP/2 has no such request. */
  request(method: string, path: string, headers: readonly string[]): ClientHttp2Stream {
    const stream = this.#begin({
      ':method': method,
      ':path': path,
      ':authority': this.#authority,
      ...grouped(headers),
    });
    this.#open += 1;
    stream.once('close', () => {
      this.#open -= 1;
      this.#owner.changed();
    });
    return stream;
  }

  /** Lets no stream begin any more; those that run go on, and then the connection ends. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (!this.#session.destroyed) this.#session.close();
    this.#owner.changed();
  }

  /** Ends the connection now. */
  destroy(): void {
    this.#session.destroy(undefined, constants.NGHTTP2_CANCEL);
  }

  #begin(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    try {
      return this.#session.request(headers);
    } catch (error) {
      if (ENDED.has(codeOf(error)))
        throw channelError('H2_NOT_SENT', 'the connection ended before the request began');
      throw channelError('UND_ERR_INVALID_ARG', 'HTTP/2 has no such request');
    }
  }
}

// ---

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function grouped(flat: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] ?? '';
    const value = flat[i + 1] ?? '';
    if (headers[name] === undefined) headers[name] = value;
    else addTo(headers, name, value);
  }
  return headers;
}

/** Adds a header that came before, or is called as something that every object has, `constructor` for one. */
function addTo(headers: Record<string, string | string[]>, name: string, value: string): void {
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  const all = before === undefined ? value : [before, value].flat();
  Object.defineProperty(headers, name, { value: all, enumerable: true, configurable: true, writable: true });
}
