import { createClient, inProcessLink } from '@switchyard/client';
import { createServer, memoryBus } from '@switchyard/server';
import { expect, it } from 'vitest';
import { z } from 'zod';

const KEYS = `k1:${Buffer.from('an example of a key: 32 bytes it').toString('base64url')}`;

/** Three instances that share keys and a bus, and the requests that each has had. */
function fleet() {
  const bus = memoryBus();
  const servers = [0, 1, 2].map((instance) => {
    const server = createServer(
      { name: 'fleet', version: '1.0.0' },
      { bus, requestState: { keys: KEYS }, pageSize: 1 },
    );
    server.registerTool('who', {}, () => String(instance));
    server.registerTool('greet', {}, async (ctx) => {
      const first = await ctx.elicit({
        message: 'First name?',
        requestedSchema: z.object({ name: z.string() }),
      });
      const last = await ctx.elicit({
        message: 'Last name?',
        requestedSchema: z.object({ name: z.string() }),
      });
      if (first.action !== 'accept' || last.action !== 'accept') return 'Never mind.';
      return `${first.content.name} ${last.content.name}, by ${instance}`;
    });
    server.registerResource('note', 'test://note', {}, () => 'a note');
    return server;
  });
  let turn = 0;
  const link = inProcessLink(async (request) => {
    const server = servers[turn % servers.length];
    turn += 1;
    if (server === undefined) throw new Error('There is no instance.');
    return server.fetch(request);
  });
  return { servers, link };
}

it('calls three instances behind a plain round robin as if they were one', async () => {
  const { servers, link } = fleet();
  const names = ['Ada', 'Lovelace'];
  const client = createClient({
    link,
    handlers: { elicit: () => ({ action: 'accept', content: { name: names.shift() ?? '' } }) },
  });
  const answers: unknown[] = [];
  for (let i = 0; i < 6; i += 1) answers.push((await client.callTool('who')).content[0]);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(3);
  // Every page comes from another instance, every round of input too.
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['who', 'greet']);
  expect((await client.callTool('greet')).content).toMatchObject([
    { text: expect.stringMatching(/^Ada Lovelace, by \d$/) },
  ]);
  const subscription = client.listen({ resourceSubscriptions: ['test://note'] });
  expect(await subscription.ready).toBe('open');
  const next = subscription[Symbol.asyncIterator]().next();
  servers.at(-1)?.notify.resourceUpdated('test://note');
  expect((await next).value).toMatchObject({ type: 'resourceUpdated', uri: 'test://note' });
  await client.close();
});
