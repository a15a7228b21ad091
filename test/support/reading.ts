import { createParser } from 'eventsource-parser';
import { checkMessage } from './checks.ts';
import type { Message } from './messages.ts';
import type { Answer, Opened } from './peer.ts';

/** Reads an HTTP answer message by message, each held to the schemas. */
export class OpenedResponse implements Opened {
  readonly status: number;
  readonly headers: Headers;
  readonly #messages: AsyncGenerator<Message, void>;
  readonly #leave: () => void;

  /** `leave` closes the connection. */
  constructor(response: Response, method: string, leave: () => void) {
    this.status = response.status;
    this.headers = response.headers;
    this.#messages = messagesOf(response, method);
    this.#leave = leave;
  }

  async next(): Promise<Message> {
    const { done, value } = await this.#messages.next();
    if (done === true) throw new Error('The answer has ended.');
    return value;
  }

  async rest(): Promise<readonly Message[]> {
    const messages: Message[] = [];
    for await (const message of this.#messages) messages.push(message);
    return messages;
  }

  async broken(): Promise<boolean> {
    try {
      await this.rest();
      return false;
    } catch {
      return true;
    }
  }

  leave(): void {
    this.#leave();
  }
}

/** Reads a whole HTTP answer; `method` is that of the request, for the schemas. */
export async function answerOf(response: Response, method: string): Promise<Answer> {
  const text = await response.text();
  const again = new Response(text === '' ? null : text, { headers: response.headers });
  const messages: Message[] = [];
  for await (const message of messagesOf(again, method)) messages.push(message);
  return toAnswer(response, text, messages);
}

/** Puts an answer together from its messages. */
export function toAnswer(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  text: string,
  messages: readonly Message[],
): Answer {
  const responses = messages.filter(({ method }) => method === undefined);
  if (responses.length > 1) throw new Error(`More than one response:\n${text}`);
  const response = responses[0] ?? {};
  if (responses.length === 1 && messages.at(-1) !== response)
    throw new Error(`More after the response:\n${text}`);
  return {
    status,
    headers,
    text,
    messages,
    notifications: messages.filter(({ method }) => method !== undefined),
    response,
    result: response.result ?? {},
    code: response.error?.code,
    why: response.error?.message ?? '',
  };
}

async function* messagesOf(response: Response, method: string): AsyncGenerator<Message, void> {
  const type = response.headers.get('content-type');
  if (type === 'text/event-stream') return yield* eventsOf(response, method);
  const text = await response.text();
  if (text === '') return;
  if (type !== 'application/json') throw new Error(`An answer of type ${String(type)}: ${text}`);
  const message: Message = JSON.parse(text);
  checkMessage(message, method);
  yield message;
}

async function* eventsOf({ body }: Response, method: string): AsyncGenerator<Message, void> {
  const ready: Message[] = [];
  const parser = createParser({
    onEvent({ data, event, id }) {
      if (event !== undefined || id !== undefined) throw new Error('An event with a type or an id.');
      const message: Message = JSON.parse(data);
      checkMessage(message, method);
      ready.push(message);
    },
    onError(error) {
      throw error;
    },
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}
