import { createServer, memoryBus, type Server, type ServerOptions } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { GatewayConfig, GatewayOptions } from '../src/index.ts';
import { type Running, startGateway } from './support.ts';

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
    { ...rest.servers?.[name], replicas: typeof urls === 'string' ? [urls] : urls },
  ]);
  return startGateway({ federation: {}, ...rest, servers: Object.fromEntries(entries) }, options);
}
