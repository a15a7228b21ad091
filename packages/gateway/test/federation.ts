import type { IncomingMessage } from 'node:http';
import { encodeHeaderValue, SseDecoder } from '@switchyard/wire';
import { onTestFinished } from 'vitest';
import { type Answer, open, read, VERSION } from './support.ts';

/** What a request to a federation says. */
export interface Ask {
  readonly path?: string;
  readonly id?: number | string;
  /** Client capabilities. */
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** The body of a request with the envelope of the revision. */
export function bodyOf(method: string, params: Readonly<Record<string, unknown>>, ask: Ask = {}): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': ask.capabilities ?? {},
  };
  return JSON.stringify({ jsonrpc: '2.0', id: ask.id ?? 1, method, params: { ...params, _meta } });
}

/** The headers of a request. */
export function headersFor(
  method: string,
  params: Readonly<Record<string, unknown>>,
  ask: Ask = {},
): Record<string, string | undefined> {
  const name = params[NAMED[method] ?? ''];
  return {
    'mcp-method': method,
    'mcp-name': typeof name === 'string' ? encodeHeaderValue(name) : undefined,
    'content-length': undefined,
    ...ask.headers,
  };
}

/** Sends a request and reads the answer; of an event stream, its last event is the answer's `json`. */
export async function ask(
  base: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  options: Ask = {},
): Promise<Answer & { readonly events: readonly string[] }> {
  const res = await open(base, {
    path: options.path ?? '/mcp',
    method,
    headers: headersFor(method, params, options),
    body: bodyOf(method, params, options),
  });
  const { status, headers, text } = await read(res);
  if (!String(headers['content-type']).startsWith('text/event-stream'))
    return { status, headers, text, json: JSON.parse(text), events: [] };
  const decoder = new SseDecoder();
  const events = [...decoder.push(text), ...decoder.end()].map(({ data }) => data);
  return { status, headers, text, json: JSON.parse(events.at(-1) ?? 'null'), events };
}

/** A stream of notifications that a test reads. */
export interface Stream {
  readonly res: IncomingMessage;
  /** The next message; rejects where the stream ends, or nothing comes in time. */
  next(ms?: number): Promise<StreamMessage>;
  close(): void;
}

/** A message of a stream. */
export interface StreamMessage {
  readonly id?: number | string;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test looks into.
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test looks into.
  readonly result?: any;
}

/** Listens; the filter is what `notifications` holds. */
export async function listenAt(
  base: string,
  filter: Readonly<Record<string, unknown>>,
  options: Ask = {},
): Promise<Stream> {
  const params = { notifications: filter };
  const res = await open(base, {
    path: options.path ?? '/mcp',
    method: 'subscriptions/listen',
    headers: headersFor('subscriptions/listen', params, options),
    body: bodyOf('subscriptions/listen', params, options),
  });
  onTestFinished(() => void res.destroy());
  const decoder = new SseDecoder();
  const messages: StreamMessage[] = [];
  let wake: () => void = () => {};
  let over = false;
  res.on('data', (chunk: Buffer) => {
    for (const { data } of decoder.push(chunk)) messages.push(JSON.parse(data));
    wake();
  });
  const ended = () => {
    over = true;
    wake();
  };
  res.on('close', ended);
  res.on('error', ended);
  return {
    res,
    close: () => void res.destroy(),
    async next(ms = 5000) {
      const deadline = Date.now() + ms;
      for (;;) {
        const message = messages.shift();
        if (message !== undefined) return message;
        if (over) throw new Error('the stream has ended');
        const left = deadline - Date.now();
        if (left <= 0) throw new Error('nothing came in time');
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}
