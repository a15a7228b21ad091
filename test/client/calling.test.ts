import { ClientError, createClient, ProtocolError } from '@switchyard/client';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { subject } from '../interop/subject.ts';
import { WAYS, withClient } from './fixture.ts';
import { scripted } from './scripted.ts';

const servers = [subject(), subject(), subject()];

describe.each(WAYS)('a client $name', (way) => {
  it('calls a tool with nothing before it [BASE-052]', async () => {
    await withClient(way, servers, async (client) => {
      const result = await client.callTool('add', { a: 1, b: 2 });
      expect(result.structuredContent).toEqual({ sum: 3 });
      expect(await client.callTool({ name: 'add', arguments: { a: 2, b: 2 } })).toMatchObject({
        structuredContent: { sum: 4 },
      });
    });
  });

  it('follows every page of a list', async () => {
    await withClient(way, servers, async (client) => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual(['add', 'count', 'fail', 'greet', 'regional']);
      const first = await client.listToolsPage();
      expect(first.tools).toHaveLength(3);
      const second = await client.listToolsPage(first.nextCursor);
      expect(second.tools).toHaveLength(2);
    });
  });

  it('reads resources, gets prompts, completes and discovers', async () => {
    await withClient(way, servers, async (client) => {
      const { contents } = await client.readResource('test://item/7');
      expect(contents).toMatchObject([{ uri: 'test://item/7', text: 'item 7' }]);
      const { messages } = await client.getPrompt('about', { topic: 'tea' });
      expect(messages).toMatchObject([{ content: { text: 'Tell me about tea.' } }]);
      const { completion } = await client.complete({
        ref: { type: 'ref/prompt', name: 'about' },
        argument: { name: 'topic', value: 't' },
      });
      expect(completion.values).toEqual(['tea', 'time']);
      expect(await client.discover()).toMatchObject({
        supportedVersions: ['2026-07-28'],
        instructions: 'For tests.',
      });
      expect((await client.listResources()).resources).toMatchObject([{ uri: 'test://note' }]);
      expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(1);
      expect((await client.listPrompts()).prompts).toHaveLength(1);
    });
  });

  it('hears progress before the answer [TRANS-007]', async () => {
    await withClient(way, servers, async (client) => {
      const heard: number[] = [];
      const result = await client.callTool(
        'count',
        {},
        { onProgress: ({ progress }) => heard.push(progress) },
      );
      expect(result.content).toMatchObject([{ text: 'counted' }]);
      expect(heard).toEqual([1, 2, 3]);
    });
  });

  it('repeats arguments in headers, having learnt of them from a refusal', async () => {
    await withClient(way, servers, async (client) => {
      const result = await client.callTool('regional', { region: 'europe, süd' });
      expect(result.content).toMatchObject([{ text: '{"region":"europe, süd"}' }]);
    });
  });

  it('tells an error of the server from one of its own', async () => {
    await withClient(way, servers, async (client) => {
      const unknown = client.callTool('nothing', {});
      await expect(unknown).rejects.toBeInstanceOf(ProtocolError);
      await expect(unknown).rejects.toMatchObject({ code: -32602 });
      const controller = new AbortController();
      controller.abort();
      const aborted = client.callTool('add', { a: 1, b: 2 }, { signal: controller.signal });
      await expect(aborted).rejects.toBeInstanceOf(ClientError);
      await expect(aborted).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
    });
  });
});

it('sends one header of a name, however client and call write it', async () => {
  const { link, received } = scripted(() => ({ content: [] }));
  const client = createClient({ link, headers: { Authorization: 'Bearer a', 'X-Tenant': 'one' } });
  await client.callTool('t', {}, { headers: { AUTHORIZATION: 'Bearer b', Accept: 'application/json' } });
  const sent = Object.entries(received[0]?.wire.headers ?? {}).filter(([name]) => !name.startsWith('mcp-'));
  expect(Object.fromEntries(sent)).toEqual({
    accept: 'application/json',
    authorization: 'Bearer b',
    'x-tenant': 'one',
  });
});

it('refuses calls once it is closed', async () => {
  const [way] = WAYS;
  if (way === undefined) throw new Error('There is no way.');
  await withClient(way, servers, async (client) => {
    await client.close();
    await expect(client.listTools()).rejects.toMatchObject({ code: 'closed' });
  });
});

it.each(WAYS)('ends what is under way when it is closed, $name', async (way) => {
  const server = createServer({ name: 's', version: '1' }, { onWarning: () => undefined });
  let began: () => void = () => undefined;
  const under = new Promise<void>((resolve) => {
    began = resolve;
  });
  server.registerTool('hang', {}, (ctx) => {
    began();
    return new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve('gone')));
  });
  await withClient(way, [server], async (client) => {
    const call = expect(client.callTool('hang', {}, { repeatable: true })).rejects.toMatchObject({
      code: 'closed',
      mayHaveRun: true,
    });
    await under;
    await client.close();
    await call;
  });
  await server.close({ timeoutMs: 0 });
});
