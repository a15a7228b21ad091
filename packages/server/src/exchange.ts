/**
 * Glossary of this package.
 *
 * - **exchange**: one incoming message and the way back, as a front (Node, fetch, stdio) hands it to the core.
 * - **walk**: the core's notes on one exchange while it climbs the ladder of rungs.
 * - **rung**: one check; it lets the walk go on or rejects it with one typed rejection.
 * - **snapshot**: the definitions compiled for serving: lookup tables, validators, ready-made bytes. Immutable.
 * - **operation**: what one method does once every check has passed.
 * - **round**: one pass of a handler that asks the caller for input; answers travel sealed in `requestState`.
 */

/** Which kind of front an exchange came through; rungs about HTTP are skipped on `stdio`. */
export type Transport = 'http' | 'stdio';

/**
 * One incoming message and the way back.
 * A front implements this; the core calls exactly one of `reply`, `stream` (and then ends that stream) and `abandon`.
 */
export interface Exchange {
  readonly transport: Transport;
  /** The HTTP method, upper case; `POST` on stdio. */
  readonly verb: string;
  /** A request header by its lower-case name; `undefined` where it is absent, always on stdio. */
  header(name: string): string | undefined;
  /** Adds headers to whatever will be the answer; called before it begins. Does nothing on stdio. */
  alsoSend(headers: Readonly<Record<string, string>>): void;
  /** Answers with one complete message, or with no body at all. */
  reply(reply: Reply): void;
  /** Turns the answer into a stream of messages (an SSE stream over HTTP). */
  stream(): MessageStream;
  /** Gives the exchange up without an answer: the caller has gone. */
  abandon(): void;
  /** Calls back once if the caller goes away before the answer is complete. */
  onDisconnect(callback: (reason?: string) => void): void;
}

/** A complete answer. */
export interface Reply {
  /** HTTP status; ignored on stdio. */
  readonly status: number;
  /** JSON text of the one message, or `undefined` for an empty body. */
  readonly json?: string | PreparedMessage | undefined;
  /** Further response headers, lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A message that is ready-made bytes but for its beginning: written as `head`, then `bytes`, with no copy. */
export interface PreparedMessage {
  readonly head: string;
  readonly bytes: Uint8Array;
}

/** A stream of messages to one caller. */
export interface MessageStream {
  /** Sends one message; returns false where the caller is not keeping up or is gone. */
  send(json: string): boolean;
  /** False while the caller has left so much unread that it had better not be sent more. */
  readonly keepsUp: boolean;
  /** Sends a keep-alive that carries no message; does nothing on stdio. */
  keepAlive(): void;
  /** Ends the stream, after one last message where one is given. */
  end(lastJson?: string): void;
  /** Breaks the stream off without a clean end, so that the caller knows that something is missing. */
  abort(): void;
}
