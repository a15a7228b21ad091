// What the client does on every runtime, however it reaches the server.
import { createClient } from '@switchyard/client';
import { createServer } from '@switchyard/server';

/** The server that the client is tried against. */
export function build(options = {}) {
  const server = createServer(
    { name: 'runtimes', version: '1.0.0' },
    { onWarning: () => undefined, ...options },
  );
  const sum = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] };
  const numbers = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } };
  server.registerTool('add', { inputSchema: numbers, outputSchema: sum }, ({ a, b }) => ({
    structuredContent: { sum: a + b },
  }));
  server.registerTool('greet', {}, async (ctx) => {
    const requestedSchema = { type: 'object', properties: { name: { type: 'string', default: 'Ann' } } };
    const answer = await ctx.elicit({ message: 'Who?', requestedSchema });
    return `Hello, ${answer.content.name}!`;
  });
  server.registerTool('count', {}, (ctx) => {
    for (let i = 1; i <= 3; i += 1) ctx.progress(i, 3);
    return 'counted';
  });
  return server;
}

/** What comes of every case, by name; `options` say how the client reaches the server. */
export async function outcomesOf(server, options) {
  const client = createClient({ ...options, handlers: { elicit: () => ({ action: 'accept' }) } });
  const outcomes = {};

  outcomes.list = (await client.listTools()).tools.length;
  outcomes.add = (await client.callTool('add', { a: 1, b: 2 })).structuredContent.sum;
  outcomes.greet = (await client.callTool('greet')).content[0].text;
  const progress = [];
  await client.callTool('count', {}, { onProgress: (report) => progress.push(report.progress) });
  outcomes.progress = progress;
  const subscription = client.listen({ toolsListChanged: true });
  outcomes.listen = await subscription.ready;
  server.registerTool('late', {}, () => 'late');
  outcomes.event = (await subscription[Symbol.asyncIterator]().next()).value.type;
  await subscription.close();
  outcomes.again = (await client.listTools()).tools.length;
  outcomes.error = await client.callTool('nothing').catch(({ code }) => code);
  const aborted = client.callTool('add', {}, { signal: AbortSignal.abort() });
  outcomes.aborted = await aborted.catch(({ code }) => code);
  await client.close();
  return outcomes;
}
