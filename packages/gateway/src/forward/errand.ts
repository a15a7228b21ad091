import type { LiveServer } from '../plan/live.ts';
import type { Refusal } from '../refusal.ts';
import type { Replica } from '../route/replica.ts';
import type { Client } from './credentials/credentials.ts';
import type { UpstreamHeaders } from './response-headers.ts';

/** One request to a server, whoever wants its answer: a caller of the gateway, or the gateway itself. */
export interface Errand {
  readonly server: LiveServer;
  readonly method: string;
  /** The query to add to the replica's own, with its `?`, or empty. */
  readonly query: string;
  /** The replica to begin with; `undefined` leaves the choice to forwarding. */
  readonly replica: Replica | undefined;
  /** On whose behalf; `undefined` for the gateway itself. */
  readonly client: Client | undefined;
  /** The headers to send, as a flat list. Asked for once, when the body begins to be sent. */
  headers(): string[];
  readonly taker: ResponseTaker;
}

/** Who wants the answer to an errand. Exactly one of `begin` and `refused` is called, unless nobody waits any more. */
export interface ResponseTaker {
  /** Whether nobody waits for the answer any more. */
  readonly gone: boolean;
  /** The response of that replica has begun; what is given back takes its body. Throws where the response cannot be passed on. */
  begin(status: number, headers: UpstreamHeaders, replica: Replica): ResponseSink;
  /** No response came, or none that can be passed on; `body` is the request's, where it is in hand. */
  refused(refusal: Refusal, body: Uint8Array | undefined): void;
  /** The response that had begun broke off: what the sink has got is not the whole. */
  brokeOff(): void;
}

/** Takes the body of a response, chunk by chunk as it comes. */
export interface ResponseSink {
  /** Takes a chunk; `false` if nothing should follow until `whenRead`. */
  write(chunk: Buffer): boolean;
  /** Calls back when more can be taken. */
  whenRead(callback: () => void): void;
  /** The response is whole. */
  end(): void;
}
