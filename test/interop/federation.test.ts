import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createClient } from '@switchyard/client';
import { serve } from '@switchyard/server/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { federationOf, subject } from './subject.ts';

/** Two servers whose names and URIs are all the same, and the URL of a federation of both. */
async function federation(): Promise<string> {
  const servers = [await serve(subject(), { port: 0 }), await serve(subject(), { port: 0 })] as const;
  const gateway = federationOf(servers[0].url, servers[1].url);
  onTestFinished(async () => {
    await gateway.close({ timeoutMs: 100 });
    for (const server of servers) await server.close({ timeoutMs: 100 });
  });
  return `${(await gateway.listen()).url}/mcp`;
}

const OWN = ['add', 'greet', 'count', 'regional', 'fail'];
const NAMES = [...OWN.map((name) => `one__${name}`), ...OWN.map((name) => `other__${name}`)];

async function connect(): Promise<Client> {
  const client = new Client(
    { name: 'official', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: {} } },
  );
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept',
    content: { name: 'Bob' },
  }));
  onTestFinished(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(await federation())));
  return client;
}

describe('the official client 2.4.0, through a federation', () => {
  test('sees both servers as one', async () => {
    const client = await connect();
    expect(client.getServerVersion()).toMatchObject({ name: 'switchyard-gateway' });
    expect(client.getInstructions()).toBe('# one\n\nFor tests.\n\n# other\n\nFor tests.');
    // Pages of three each, from both servers at once.
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['one+test://note', 'other+test://note']);
  });

  test('calls, is asked, reads, prompts and completes', async () => {
    const client = await connect();
    const sum = await client.callTool({ name: 'other__add', arguments: { a: 2, b: 3 } });
    expect(sum.structuredContent).toEqual({ sum: 5 });
    const greeting = await client.callTool({ name: 'one__greet', arguments: {} });
    expect(greeting.content).toEqual([{ type: 'text', text: 'Hello, Bob!' }]);
    const read = await client.readResource({ uri: 'other+test://item/7' });
    expect(read.contents[0]).toMatchObject({ uri: 'other+test://item/7', text: 'item 7' });
    const prompt = await client.getPrompt({ name: 'one__about', arguments: { topic: 'tea' } });
    expect(prompt.messages[0]?.content).toMatchObject({ text: 'Tell me about tea.' });
    const ref = { type: 'ref/prompt', name: 'one__about' } as const;
    const { completion } = await client.complete({ ref, argument: { name: 'topic', value: 't' } });
    expect(completion.values).toEqual(['tea', 'time']);
  });

  test('hears of progress, and sends the headers of parameters', async () => {
    const client = await connect();
    const heard: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void heard.push(progress);
    await client.callTool({ name: 'other__count', arguments: {} }, { onprogress });
    expect(heard).toEqual([1, 2, 3]);
    await client.listTools();
    const regional = await client.callTool({ name: 'one__regional', arguments: { region: 'eu' } });
    expect(regional.content).toEqual([{ type: 'text', text: '{"region":"eu"}' }]);
  });
});

describe('our own client, through a federation', () => {
  test('lists, calls and is asked', async () => {
    const elicit = async () => ({ action: 'accept' as const, content: { name: 'Eve' } });
    const client = createClient({ url: await federation(), handlers: { elicit } });
    onTestFinished(() => client.close());
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
    const { structuredContent } = await client.callTool('one__add', { a: 1, b: 1 });
    expect(structuredContent).toEqual({ sum: 2 });
    const { content } = await client.callTool('other__greet');
    expect(content).toEqual([{ type: 'text', text: 'Hello, Eve!' }]);
  });
});
