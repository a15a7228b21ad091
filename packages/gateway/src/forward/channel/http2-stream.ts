import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Dispatcher } from 'undici';
import { OUT_OF_TIME } from '../failure.ts';
import { type ChannelRequest, channelError } from './channel.ts';
import type { Http2Session } from './http2-session.ts';

/** One request on an HTTP/2 connection; tells its handler what undici would tell it. */
export class Http2Stream implements Dispatcher.DispatchController {
  readonly #handler: Dispatcher.DispatchHandler;
  #session: Http2Session | undefined;
  #stream: ClientHttp2Stream | undefined;
  #reason: Error | null = null;
  #over = false;
  /** Whether the server itself ended the stream (END_STREAM); Node also ends what was reset without an error. */
  #ended = false;

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get paused(): boolean {
    return this.#stream?.isPaused() ?? false;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#over = true;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    // A connection on which nothing comes may be dead: others are not to wait on it too.
    if (reason === OUT_OF_TIME) this.#session?.retire();
  }

  /** Sends the request. */
  start(session: Http2Session, request: ChannelRequest): void {
    this.#handler.onRequestStart?.(this, undefined);
    if (this.aborted) return;
    this.#session = session;
    try {
      this.#stream = session.request(request.method, request.path, request.headers);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error('not sent'));
      return;
    }
    this.#listen(this.#stream);
    const { body } = request;
    if (body === null || Buffer.isBuffer(body)) this.#stream.end(body ?? undefined);
    else {
      body.once('error', () => this.#stream?.close(constants.NGHTTP2_CANCEL));
      body.pipe(this.#stream);
    }
  }

  /** There is no response, or not all of it. */
  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.onResponseError?.(this, error);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on('response', (headers) => this.#respond(headers));
    stream.on('data', (chunk: Buffer) => {
      if (!this.#over) this.#handler.onResponseData?.(this, chunk);
    });
    stream.on('end', () => this.#end());
    stream.on('error', () => this.fail(lost(stream)));
    stream.on('close', () => this.fail(lost(stream)));
    const push = stream.push.bind(stream);
    // The end of the stream is pushed before it counts as closed; after a reset it is the other way round.
    stream.push = (chunk, encoding) => {
      if (chunk === null) this.#ended ||= !stream.closed;
      return push(chunk, encoding);
    };
  }

  #respond(headers: IncomingHttpHeaders): void {
    if (this.#over) return;
    const plain: Record<string, string | string[] | undefined> = {};
    for (const name in headers) if (!name.startsWith(':')) plain[name] = headers[name];
    this.#handler.onResponseStart?.(this, Number(headers[':status']), plain);
  }

  #end(): void {
    if (this.#over) return;
    if (!this.#ended) {
      this.fail(channelError('H2_RESET', 'the server reset the stream in the middle of the response'));
      return;
    }
    this.#over = true;
    this.#handler.onResponseEnd?.(this, {});
  }
}

// ---

/** A refused stream has not been looked at (RFC 9113, section 8.7); so have those that a GOAWAY leaves out. */
function lost(stream: ClientHttp2Stream): Error {
  if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM)
    return channelError('H2_REFUSED', 'the server refused the stream');
  return channelError('H2_LOST', 'the stream ended before the response did');
}
