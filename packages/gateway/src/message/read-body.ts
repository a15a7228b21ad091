import type { Readable } from 'node:stream';
import { nameSourceOf } from '../accept/name-source.ts';
import type { Exchange } from '../exchange.ts';
import { type BodyTaker, takeBody } from '../forward/body.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Message } from './message.ts';
import { readMessage, refuseUnnamed } from './read-message.ts';

/**
 * The message of an exchange, read once, for stages that need more than the headers tell. From then on the exchange has
 * the bytes, and those very bytes are what is forwarded. Rejects only where we are at fault; resolves with a refusal for a body that is too
 * large or cannot be understood, and never settles where the caller leaves before its body is whole.
 */
export function messageOf(exchange: Exchange): Promise<Message | Refusal> {
  const message = messageBeforeParams(exchange);
  // A body of another method than the headers' is refused anyway.
  return nameSourceOf(exchange.request.method) === undefined ? message : message.then(named);
}

/** As `messageOf`, for who has more to refuse before the params are looked at, and then asks `refuseUnnamed`. */
export function messageBeforeParams(exchange: Exchange): Promise<Message | Refusal> {
  exchange.reading ??= new Promise((resolve, reject) => {
    const limitBytes = exchange.live.plan.limits.bodyBytes;
    const { contentLength: length } = exchange.request.head;
    const options = { length, limitBytes, holdBytes: limitBytes, tap: exchange.tap };
    takeBody(exchange.req, options, new MessageTaker(exchange, { resolve, reject }));
  });
  return exchange.reading;
}

// ---

function named(message: Message | Refusal): Message | Refusal {
  return isRefusal(message) ? message : (refuseUnnamed(message) ?? message);
}

interface Settling {
  readonly resolve: (outcome: Message | Refusal) => void;
  readonly reject: (error: unknown) => void;
}

class MessageTaker implements BodyTaker {
  readonly #exchange: Exchange;
  readonly #settling: Settling;

  constructor(exchange: Exchange, settling: Settling) {
    this.#exchange = exchange;
    this.#settling = settling;
  }

  bodyWhole(bytes: Buffer): void {
    const { resolve, reject } = this.#settling;
    this.#exchange.bytes = bytes;
    try {
      const { request, live } = this.#exchange;
      resolve(readMessage(bytes, request.head, live.messages));
    } catch (error) {
      // It must not, but here nobody else would catch it.
      reject(error);
    }
  }

  /** Nothing is streamed: all that may come may be held. */
  bodyStreams(stream: Readable): void {
    stream.destroy();
  }

  bodyTooLarge(): void {
    this.#settling.resolve(refuse('body-too-large'));
  }
}
