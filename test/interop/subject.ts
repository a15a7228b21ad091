import { createGateway, type Gateway } from '@switchyard/gateway';
import type { Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { z } from 'zod';

/** What it would say to its operator is not part of these tests. */
const QUIET = { onError: () => undefined, onWarning: () => undefined };

/** A server with what every client is put through. */
export function subject(): Server {
  const server = createServer(
    { name: 'subject', version: '1.0.0' },
    {
      ...QUIET,
      instructions: 'For tests.',
      pageSize: 3,
      cacheHints: { 'tools/list': { ttlMs: 60_000, cacheScope: 'public' } },
    },
  );
  const numbers = z.object({ a: z.number(), b: z.number() });
  const sum = z.object({ sum: z.number() });
  const add = { description: 'Adds.', inputSchema: numbers, outputSchema: sum };
  server.registerTool('add', add, ({ a, b }) => ({ structuredContent: { sum: a + b } }));
  server.registerTool('greet', {}, async (ctx) => {
    const answer = await ctx.elicit({ message: 'Who?', requestedSchema: z.object({ name: z.string() }) });
    return answer.action === 'accept' ? `Hello, ${answer.content.name}!` : 'Never mind.';
  });
  server.registerTool('count', {}, (ctx) => {
    for (let i = 1; i <= 3; i += 1) ctx.progress(i, 3);
    return 'counted';
  });
  const region = { type: 'string', 'x-mcp-header': 'Region' };
  const regional = { type: 'object', properties: { region }, required: ['region'] };
  server.registerTool('regional', { inputSchema: regional }, (args) => JSON.stringify(args));
  server.registerTool('fail', {}, () => {
    throw new Error('hidden');
  });
  server.registerResource('note', 'test://note', { mimeType: 'text/plain' }, () => 'a note');
  server.registerResourceTemplate('item', 'test://item/{id}', {}, (_uri, { id }) => `item ${String(id)}`);
  const about = {
    argsSchema: { topic: { required: true } },
    complete: { topic: () => ['tea', 'time'] },
  } as const;
  server.registerPrompt('about', about, ({ topic }) => `Tell me about ${topic}.`);
  return server;
}

/** A gateway in front of two servers, on a free port, with a federation of both at `/mcp`. */
export function federationOf(one: string, other: string): Gateway {
  return createGateway({
    listen: { port: 0 },
    federation: {},
    servers: { one: { replicas: [one] }, other: { replicas: [other] } },
  });
}

/** A gateway in front of a server, on a free port, with its path at `/mcp`. */
export function gatewayTo(url: string): Gateway {
  return createGateway({ listen: { port: 0 }, servers: { subject: { path: '/mcp', replicas: [url] } } });
}
