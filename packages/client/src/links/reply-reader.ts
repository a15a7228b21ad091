import type { JSONRPCNotification, JSONRPCResponse, ParseOutcome } from '@switchyard/wire';
import { ByteCollector, parseMessage, SseDecoder } from '@switchyard/wire';
import { ClientError } from '../errors.ts';

/** What an answer is read for. */
export interface Expected {
  readonly id: number;
  readonly notify: ((notification: JSONRPCNotification) => void) | undefined;
  /** The most bytes of one message. */
  readonly maxBytes: number;
}

/** Reads the body of an HTTP response, fed in chunks cut anywhere. Throws `ClientError` for one that is not allowed. */
export interface ReplyReader {
  /** The response, once it is complete; what comes after it is not looked at. */
  push(chunk: Uint8Array): JSONRPCResponse | undefined;
  /** The end of the body. */
  end(): JSONRPCResponse;
}

/** The reader for a content type, or undefined for one that carries no MCP answer. Spec: basic/transports/streamable-http#sending-messages. */
export function replyReader(contentType: string | undefined, expected: Expected): ReplyReader | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return new JsonReader(expected);
  if (type === 'text/event-stream') return new StreamReader(expected);
  return undefined;
}

/** The response to the request with this id. Throws `ClientError` for what is none. */
export function responseTo(id: number, outcome: ParseOutcome): JSONRPCResponse {
  if (outcome.kind === 'error')
    throw invalid(`The answer is no JSON-RPC message: ${outcome.rejection.message}.`);
  if (outcome.kind !== 'response') throw invalid(`The answer is a ${outcome.kind}, not a response.`);
  const { message } = outcome;
  // An error has no id where the server could not read the request's.
  if (message.id === id || (message.id === undefined && 'error' in message)) return message;
  throw invalid(`The answer has the id ${JSON.stringify(message.id)} and not that of the request, ${id}.`);
}

class JsonReader implements ReplyReader {
  readonly #expected: Expected;
  readonly #bytes: ByteCollector;
  /** The chunk that is all there is yet: most bodies are one, and are read as they came. */
  #only: Uint8Array | undefined;

  constructor(expected: Expected) {
    this.#expected = expected;
    this.#bytes = new ByteCollector(expected.maxBytes);
  }

  push(chunk: Uint8Array): undefined {
    const { maxBytes } = this.#expected;
    const { length } = this.#only ?? this.#bytes;
    if (length + chunk.length > maxBytes) throw tooLarge(maxBytes);
    if (length === 0) {
      this.#only = chunk;
      return;
    }
    if (this.#only !== undefined) this.#bytes.add(this.#only);
    this.#only = undefined;
    this.#bytes.add(chunk);
  }

  end(): JSONRPCResponse {
    const { id, maxBytes } = this.#expected;
    return responseTo(id, parseMessage(this.#only ?? this.#bytes.take(), { maxBytes }));
  }
}

class StreamReader implements ReplyReader {
  readonly #expected: Expected;
  readonly #decoder: SseDecoder;

  constructor(expected: Expected) {
    this.#expected = expected;
    this.#decoder = new SseDecoder({ maxEventBytes: expected.maxBytes });
  }

  push(chunk: Uint8Array): JSONRPCResponse | undefined {
    const { id, maxBytes, notify } = this.#expected;
    for (const { data, event } of this.#decode(chunk)) {
      // An empty event only keeps the stream alive; one of another type is not MCP's.
      if (data === '' || (event !== undefined && event !== 'message')) continue;
      const outcome = parseMessage(data, { maxBytes });
      if (outcome.kind !== 'notification') return responseTo(id, outcome);
      notify?.(outcome.message);
    }
    return undefined;
  }

  end(): never {
    throw new ClientError('interrupted', 'The stream ended without the response.', { mayHaveRun: true });
  }

  #decode(chunk: Uint8Array): ReturnType<SseDecoder['push']> {
    try {
      return this.#decoder.push(chunk);
    } catch (error) {
      throw error instanceof RangeError ? tooLarge(this.#expected.maxBytes) : error;
    }
  }
}

function tooLarge(maxBytes: number): ClientError {
  return invalid(`The answer is larger than ${maxBytes} bytes.`);
}

function invalid(message: string): ClientError {
  return new ClientError('invalid-response', message, { mayHaveRun: true });
}
