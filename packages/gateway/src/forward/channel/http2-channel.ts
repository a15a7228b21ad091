import type { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { type Channel, type ChannelRequest, channelError } from './channel.ts';
import { Http2Session, type SessionOwner } from './http2-session.ts';
import { Http2Stream } from './http2-stream.ts';

const IDLE_MS = 60_000;

interface Waiting {
  readonly stream: Http2Stream;
  readonly request: ChannelRequest;
}

/**
 * Requests to one replica over HTTP/2. Not undici's, which on a GOAWAY takes every request of the connection but one back
 * into its queue and sends it again. Here a request goes to another connection only where the server says that it has not
 * looked at it.
 */
export class Http2Channel implements Channel, SessionOwner {
  readonly idleMs: number;
  readonly #origin: URL;
  readonly #connect: buildConnector.connector;
  readonly #sessions = new Set<Http2Session>();
  #waiting: Waiting[] = [];
  #dialling = false;
  #closed = false;

  constructor(origin: string, connect: buildConnector.connector, idleMs: number = IDLE_MS) {
    this.idleMs = idleMs;
    this.#origin = new URL(origin);
    this.#connect = connect;
  }

  dispatch(request: ChannelRequest, handler: Dispatcher.DispatchHandler): void {
    const stream = new Http2Stream(handler);
    if (this.#closed) {
      stream.fail(channelError('UND_ERR_CLOSED', 'the channel is closed'));
      return;
    }
    this.#waiting.push({ stream, request });
    this.changed();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const session of [...this.#sessions]) session.retire();
  }

  async destroy(): Promise<void> {
    this.#closed = true;
    this.#failWaiting(channelError('UND_ERR_DESTROYED', 'the channel is closed'));
    for (const session of [...this.#sessions]) session.destroy();
  }

  /** Gives what waits to connections with room, and dials another where there are none. */
  changed(): void {
    for (const session of this.#sessions) {
      while (session.hasRoom) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        next.stream.start(session, next.request);
      }
    }
    if (this.#waiting.length > 0 && !this.#dialling) this.#dial();
  }

  closed(session: Http2Session): void {
    this.#sessions.delete(session);
    this.changed();
  }

  #dial(): void {
    this.#dialling = true;
    const { hostname, host, protocol, port } = this.#origin;
    this.#connect({ hostname, host, protocol, port }, (error, socket) => {
      this.#dialling = false;
      // undici's types promise null; it leaves the argument out.
      if (error || !socket) this.#failWaiting(error ?? channelError('H2_LOST', 'there is no connection'));
      else this.#take(socket, protocol);
    });
  }

  #take(socket: Socket, protocol: string): void {
    const offered = protocol === 'http:' || ('alpnProtocol' in socket && socket.alpnProtocol === 'h2');
    if (this.#closed || !offered) {
      socket.destroy();
      this.#failWaiting(channelError('H2_NOT_OFFERED', 'the server does not offer HTTP/2'));
      return;
    }
    this.#sessions.add(new Http2Session(this.#origin, socket, this));
    this.changed();
  }

  #failWaiting(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { stream } of waiting) stream.fail(error);
  }
}
