import type { Server } from '@switchyard/server';
import { createServer, memoryBus } from '@switchyard/server';
import { z } from 'zod';
import type { FakeEnvironment } from './environment.ts';
import { KEYS } from './matrix.ts';
import type { Message } from './messages.ts';
import { headersOf, requestOf } from './messages.ts';
import { EVERYTHING } from './rounds.ts';

/** A server with something of everything; none of its handlers fails of itself. */
export function everything(environment: FakeEnvironment, reported: unknown[]): Server {
  const made = createServer(
    { name: 'fuzz', version: '1.0.0' },
    {
      environment,
      bus: memoryBus(),
      pageSize: 2,
      logging: true,
      requestState: { keys: KEYS },
      limits: { bodyBytes: 50_000, depth: 20, subscribedUris: 5 },
      onError: (error) => void reported.push(error),
      onWarning: () => undefined,
    },
  );
  const properties = {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    rows: { type: 'integer', 'x-mcp-header': 'Rows' },
  };
  made.registerTool('raw', { inputSchema: { type: 'object', properties } }, (args) => JSON.stringify(args));
  made.registerTool(
    'zod',
    { inputSchema: z.object({ n: z.number(), s: z.string().optional() }) },
    ({ n }) => ({
      content: [{ type: 'text', text: `${n}` }],
    }),
  );
  made.registerTool('ask', {}, async (ctx) => {
    ctx.progress(1);
    ctx.log('info', { asking: true });
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    const [form, roots] = await Promise.all([ctx.elicit({ message: 'm', requestedSchema }), ctx.listRoots()]);
    return `${form.action} ${roots.roots.length}`;
  });
  made.registerPrompt(
    'p',
    { argsSchema: { a: { required: true }, b: {} }, complete: { a: (value) => [value] } },
    ({ a }) => a,
  );
  made.registerResource('r', 'app://r', {}, () => 'r');
  made.registerResourceTemplate(
    't',
    'app://x/{a}/{+b}',
    { complete: { a: (value) => [value] } },
    (uri) => uri,
  );
  made.registerResourceTemplate('f', 'file:///{+path}', {}, (_uri, { path }) => String(path));
  made.registerExtension({
    id: 'com.example/x',
    methods: {
      'x/do': { nameParam: 'id', params: z.object({ id: z.string(), n: z.number() }), handler: () => ({}) },
    },
    listen: { things: { accept: (wish) => ({ agreed: wish, topics: ['things'] }) } },
  });
  return made;
}

/** A good request for everything that {@link everything} has. */
export const METHODS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ['server/discover', {}],
  ['tools/list', { cursor: 'cmF3' }],
  ['prompts/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['tools/call', { name: 'raw', arguments: { region: 'eu', rows: 3, other: [1, { a: null }] } }],
  ['tools/call', { name: 'zod', arguments: { n: 1, s: 'x' } }],
  [
    'tools/call',
    {
      name: 'ask',
      inputResponses: { 'elicitation-1': { action: 'accept', content: { name: 'x' } } },
      requestState: 'x',
    },
  ],
  ['prompts/get', { name: 'p', arguments: { a: 'x', b: 'y' } }],
  ['resources/read', { uri: 'app://x/a/b' }],
  ['resources/read', { uri: 'file:///a/b' }],
  [
    'completion/complete',
    {
      ref: { type: 'ref/prompt', name: 'p' },
      argument: { name: 'a', value: 'x' },
      context: { arguments: { b: 'y' } },
    },
  ],
  [
    'completion/complete',
    { ref: { type: 'ref/resource', uri: 'app://x/{a}/{+b}' }, argument: { name: 'a', value: 'x' } },
  ],
  [
    'subscriptions/listen',
    { notifications: { toolsListChanged: true, resourceSubscriptions: ['app://r'], things: ['a'] } },
  ],
  ['x/do', { id: 'a', n: 1 }],
];

/** What the client of these requests can do and wants. */
export const CAPABLE = {
  capabilities: { ...EVERYTHING, extensions: { 'com.example/x': {} } },
  progressToken: 'p',
  logLevel: 'debug',
};

/** One of {@link METHODS} as a message. */
export function goodRequest([method, params]: (typeof METHODS)[number]): Message {
  return requestOf(method, params, CAPABLE);
}

/** The headers that go with such a message. */
export function goodHeaders(message: Message): Record<string, string> {
  const { params = {} } = message;
  const args = (params['arguments'] ?? {}) as Record<string, unknown>; // as listed above
  const extra: Record<string, string> = {};
  if (args['region'] !== undefined) extra['mcp-param-region'] = asText(args['region']);
  if (args['rows'] !== undefined) extra['mcp-param-rows'] = asText(args['rows']);
  if (message.method === 'x/do') extra['mcp-name'] = asText(params['id']);
  // One value each.
  return { ...headersOf(message), ...extra } as Record<string, string>;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
