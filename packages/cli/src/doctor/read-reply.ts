import { SseDecoder } from '@switchyard/wire';
import type { Dispatcher } from 'undici';
import { NoAnswer } from './no-answer.ts';
import type { Reply } from './reply.ts';

/** The most of one answer that is read, in bytes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Reads a response; of an event stream as much as is `enough`. Rejects with `NoAnswer` where it is too large. */
export async function readReply(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  enough: (message: unknown) => boolean,
): Promise<Reply> {
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
  const mediaType = (flat['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const head = { status: statusCode, headers: flat, mediaType };
  if (mediaType === 'text/event-stream')
    return { ...head, text: '', messages: await readEvents(body, enough) };
  const text = await readText(body);
  const message = parse(text);
  return { ...head, text, messages: message === undefined ? [] : [message] };
}

// ---

async function readEvents(
  body: AsyncIterable<Uint8Array>,
  enough: (message: unknown) => boolean,
): Promise<readonly unknown[]> {
  const decoder = new SseDecoder({ maxEventBytes: MAX_BYTES });
  const messages: unknown[] = [];
  let size = 0;
  for await (const chunk of body) {
    size = within(size + chunk.length);
    for (const { data } of decoder.push(chunk)) {
      const message = parse(data);
      messages.push(message);
      if (enough(message)) return messages;
    }
  }
  return messages;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size = within(size + chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function within(size: number): number {
  if (size > MAX_BYTES) throw new NoAnswer(`The answer is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
  return size;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
