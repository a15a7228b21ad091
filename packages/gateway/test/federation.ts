import type { IncomingMessage } from 'node:http';
import { createServer, memoryBus, type Server, type ServerOptions } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { encodeHeaderValue, SseDecoder } from '@switchyard/wire';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { GatewayConfig, GatewayOptions } from '../src/index.ts';
import { type Answer, open, type Running, read, startGateway, VERSION } from './support.ts';

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
  const answer = await read(res);
  if (!String(res.headers['content-type']).startsWith('text/event-stream'))
    return { ...answer, json: JSON.parse(answer.text), events: [] };
  const decoder = new SseDecoder();
  const events = [...decoder.push(answer.text), ...decoder.end()].map(({ data }) => data);
  return { ...answer, json: JSON.parse(events.at(-1) ?? 'null'), events };
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

/** A server that is served, and how to change it. */
export interface Member {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** Serves a server; closed when the test is over. */
export async function serveMember(server: Server, port = 0): Promise<Member> {
  const listening = await serve(server, { port, host: '127.0.0.1' });
  const close = async () => {
    await listening.close();
  };
  onTestFinished(close);
  return { url: listening.url, server, close };
}

const QUIET = { onError: () => undefined, onWarning: () => undefined };

/** Keys that seal the input rounds of all test servers alike. */
export const STATE_KEYS = 'k1:QUFCQkNDRERFRUZGR0dISElJSkpLS0xMTU1OTk9PUFA';

/** A server with something of everything; two of them differ in nothing but what they say of themselves. */
export function memberServer(name: string, options: Partial<ServerOptions> = {}): Server {
  const server = createServer(
    { name, version: '1.0.0' },
    {
      ...QUIET,
      bus: memoryBus(),
      instructions: `Ask ${name}.`,
      requestState: { keys: STATE_KEYS },
      cacheHints: { 'tools/list': { ttlMs: 60_000, cacheScope: 'public' } },
      ...options,
    },
  );
  server.registerTool('who', { description: 'Says who it is.' }, () => name);
  server.registerTool('ask', {}, async (ctx) => {
    const answer = await ctx.elicit({ message: 'Who?', requestedSchema: z.object({ name: z.string() }) });
    return answer.action === 'accept' ? `${name}: ${answer.content.name}` : 'none';
  });
  server.registerTool('link', {}, () => ({
    content: [
      { type: 'resource_link', uri: 'file:///note', name: 'note' },
      { type: 'resource', resource: { uri: 'ui://app/main', text: '<p>', mimeType: 'text/html' } },
    ],
    _meta: { ui: { resourceUri: 'ui://app/main' }, 'ui/resourceUri': 'ui://app/main' },
  }));
  server.registerTool('steps', {}, (ctx) => {
    for (let i = 1; i <= 3; i += 1) ctx.progress(i, 3);
    return name;
  });
  server.registerTool(
    'shown',
    { _meta: { ui: { resourceUri: 'ui://app/main' }, 'ui/resourceUri': 'ui://app/main' } },
    () => 'shown',
  );
  server.registerResource('note', 'file:///note', {}, () => `a note of ${name}`);
  server.registerResource('app', 'ui://app/main', { mimeType: 'text/html;profile=mcp-app' }, () => '<p>');
  server.registerResourceTemplate('item', 'file:///items/{id}', {}, (_, { id }) => `${name} ${String(id)}`);
  const about = {
    argsSchema: { topic: { required: true } },
    complete: { topic: () => [name, 'tea'] },
  } as const;
  server.registerPrompt('about', about, ({ topic }) => `${name} on ${topic}`);
  return server;
}

/** A gateway with a federation of the servers at those URLs, by name. */
export function federationOf(
  servers: Readonly<Record<string, string | readonly string[]>>,
  rest: Partial<GatewayConfig> = {},
  options: GatewayOptions = {},
): Promise<Running> {
  const entries = Object.entries(servers).map(([name, urls]) => [
    name,
    { replicas: typeof urls === 'string' ? [urls] : urls, ...rest.servers?.[name] },
  ]);
  return startGateway({ federation: {}, ...rest, servers: Object.fromEntries(entries) }, options);
}
