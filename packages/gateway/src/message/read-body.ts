import type { Exchange } from '../exchange.ts';
import { takeBody } from '../forward/body.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type Message, readMessage } from './message.ts';

/**
 * The message of an exchange, read once, for stages that need more than the headers tell. From then on the exchange has
 * the bytes, and those very bytes are what is forwarded. Rejects never; resolves with a refusal for a body that is too
 * large or cannot be understood, and never settles where the caller leaves before its body is whole.
 */
export function messageOf(exchange: Exchange): Promise<Message | Refusal> {
  exchange.reading ??= read(exchange);
  return exchange.reading;
}

// ---

async function read(exchange: Exchange): Promise<Message | Refusal> {
  const bytes = await bytesOf(exchange);
  if (isRefusal(bytes)) return bytes;
  exchange.bytes = bytes;
  return readMessage(bytes, exchange.request.head);
}

function bytesOf(exchange: Exchange): Promise<Buffer | Refusal> {
  const limitBytes = exchange.live.plan.limits.bodyBytes;
  const length = exchange.request.head.contentLength;
  return new Promise((resolve) => {
    takeBody(
      exchange.req,
      { length, limitBytes, holdBytes: limitBytes, tap: exchange.tap },
      {
        bodyWhole: resolve,
        // Nothing is streamed: all that may come may be held.
        bodyStreams: (stream) => stream.destroy(),
        bodyTooLarge: () => resolve(refuse('body-too-large')),
      },
    );
  });
}
