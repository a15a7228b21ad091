import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** One request to a replica, on whatever way there is to it. */
export interface ChannelRequest {
  readonly path: string;
  readonly method: 'POST' | 'GET';
  /** Flat list of lower-case name, value, … */
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  /** The watchdog keeps the time. */
  readonly headersTimeout: 0;
  readonly bodyTimeout: 0;
}

/**
 * The way to one replica: a pool of connections, or a process. Tells the handler what happens: `onRequestStart` right before
 * the first byte goes out, then the response, or the one error that there is none.
 */
export interface Channel {
  dispatch(request: ChannelRequest, handler: Dispatcher.DispatchHandler): unknown;
  /** Ends it once nothing uses it. */
  close(): Promise<void>;
  /** Ends it now; what uses it fails. */
  destroy(): Promise<void>;
}

/** An error with a code, for what `classify` tells apart. */
export function channelError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
