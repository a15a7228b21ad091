import type { Server } from '@switchyard/server';
import type { FakeEnvironment } from './environment.ts';
import type { HeaderBag, Message, RequestOptions } from './messages.ts';

/** An answer, complete. */
export interface Answer {
  /** HTTP status; 200 on stdio. */
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  /** Every message, in order. */
  readonly messages: readonly Message[];
  readonly notifications: readonly Message[];
  /** The response; an empty message where there is none. */
  readonly response: Message;
  /** Its result; an empty object where it is an error. */
  readonly result: Readonly<Record<string, unknown>>;
  /** Its error code, or undefined. */
  readonly code: number | undefined;
  /** Its error's message, or an empty text. */
  readonly why: string;
}

/** An answer that is still coming in. */
export interface Opened {
  readonly status: number;
  readonly headers: Headers;
  /** The next message; fails where the answer ends first. */
  next(): Promise<Message>;
  /** Whatever else comes until the answer ends; fails where it is broken off. */
  rest(): Promise<readonly Message[]>;
  /** Resolves to true once the answer has been broken off, to false once it has ended well. */
  broken(): Promise<boolean>;
  /** Goes away without waiting for more. */
  leave(): void;
}

/** Servers under test, seen from a client. */
export interface Peer {
  /** One server, or several instances of it that share keys and a bus. */
  readonly servers: readonly Server[];
  /** The first of them. */
  readonly server: Server;
  readonly environment: FakeEnvironment;
  /** What `onError` was told. Whatever a test leaves in here fails it. */
  readonly errors: Reported[];
  /** What `onWarning` was told. */
  readonly warnings: string[];
  /** Makes a request as a conforming client does, and waits for the whole answer. */
  call(method: string, params?: Readonly<Record<string, unknown>>, options?: RequestOptions): Promise<Answer>;
  /** The same, without waiting for the end. */
  open(method: string, params?: Readonly<Record<string, unknown>>, options?: RequestOptions): Promise<Opened>;
}

/** A peer over HTTP, which can also misbehave. */
export interface HttpPeer extends Peer {
  /** Sends anything; what comes back is not held to any schema. */
  send(raw: RawRequest): Promise<Response>;
  /** Sends this very body with the headers given, and reads the answer. */
  post(body: string | Uint8Array, headers?: HeaderBag): Promise<Answer>;
}

/** A request, byte by byte. */
export interface RawRequest {
  readonly verb?: string;
  readonly headers?: HeaderBag;
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

/** One call of `onError`. */
export interface Reported {
  readonly error: unknown;
  readonly reference: string;
  readonly where: string;
}
