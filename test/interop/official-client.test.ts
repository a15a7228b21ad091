import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Gateway } from '@switchyard/gateway';
import type { Server } from '@switchyard/server';
import type { Listening } from '@switchyard/server/node';
import { serve } from '@switchyard/server/node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gatewayTo, subject } from './subject.ts';

let server: Server;
let listening: Listening;
let gateway: Gateway | undefined;
let client: Client;

async function connect(through: 'nothing' | 'the gateway'): Promise<void> {
  server = subject();
  listening = await serve(server, { port: 0 });
  gateway = through === 'nothing' ? undefined : gatewayTo(listening.url);
  const url = gateway === undefined ? listening.url : `${(await gateway.listen()).url}/mcp`;
  client = new Client(
    { name: 'official', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: {} } },
  );
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept',
    content: { name: 'Bob' },
  }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
}

afterEach(async () => {
  await client.close();
  await gateway?.close({ timeoutMs: 100 });
  await listening.close({ timeoutMs: 100 });
});

describe.each(['nothing', 'the gateway'] as const)('the official client 2.4.0, through %s', (through) => {
  beforeEach(() => connect(through));

  test('finds out what the server is, without a handshake [DISC-001]', () => {
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(client.getServerVersion()).toMatchObject({ name: 'subject', version: '1.0.0' });
    expect(client.getInstructions()).toBe('For tests.');
  });

  test('follows every page of a list', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['add', 'greet', 'count', 'regional', 'fail']);
  });

  test('calls a tool with validated structured output', async () => {
    const result = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } });
    expect(result.structuredContent).toEqual({ sum: 5 });
  });

  test('gets argument errors and hidden failures as results', async () => {
    const invalid = await client.callTool({ name: 'add', arguments: { a: 'two', b: 3 } });
    const hidden = await client.callTool({ name: 'fail', arguments: {} });
    expect([invalid.isError, hidden.isError]).toEqual([true, true]);
    expect(JSON.stringify(hidden)).not.toContain('hidden');
  });

  test('answers a round of input', async () => {
    const result = await client.callTool({ name: 'greet', arguments: {} });
    expect(result.content).toEqual([{ type: 'text', text: 'Hello, Bob!' }]);
  });

  test('hears of progress', async () => {
    const seen: number[] = [];
    await client.callTool(
      { name: 'count', arguments: {} },
      { onprogress: ({ progress }) => void seen.push(progress) },
    );
    expect(seen).toEqual([1, 2, 3]);
  });

  test('mirrors x-mcp-header arguments, in any alphabet', async () => {
    await client.listTools();
    for (const region of ['eu-west', 'Zürich', ' padded ', '=?base64?eA==?=']) {
      const result = await client.callTool({ name: 'regional', arguments: { region } });
      expect(result.content).toEqual([{ type: 'text', text: JSON.stringify({ region }) }]);
    }
  });

  test('reads resources, gets prompts, completes', async () => {
    const note = await client.readResource({ uri: 'test://note' });
    expect(note.contents).toEqual([{ uri: 'test://note', mimeType: 'text/plain', text: 'a note' }]);
    const item = await client.readResource({ uri: 'test://item/7' });
    expect(item.contents).toEqual([{ uri: 'test://item/7', text: 'item 7' }]);
    const prompt = await client.getPrompt({ name: 'about', arguments: { topic: 'tea' } });
    expect(prompt.messages[0]?.content).toEqual({ type: 'text', text: 'Tell me about tea.' });
    const argument = { name: 'topic', value: 't' };
    const { completion } = await client.complete({ ref: { type: 'ref/prompt', name: 'about' }, argument });
    expect(completion.values).toEqual(['tea', 'time']);
  });

  test('listens, hears of changes, and sees a graceful end', async () => {
    const heard: string[] = [];
    const changed = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => {
        heard.push('tools');
        resolve();
      });
    });
    const subscription = await client.listen({
      toolsListChanged: true,
      resourceSubscriptions: ['test://note'],
    });
    server.registerTool('late', {}, () => 'late');
    await changed;
    await listening.close({ timeoutMs: 1000 });
    expect(heard).toEqual(['tools']);
    expect(await subscription.closed).toBe('graceful');
  });
});
