import type { Client } from '@switchyard/client';
import { createClient, inProcessLink } from '@switchyard/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { installPeers, peerFile } from '../support/peers.ts';

/** As much of the official SDK's server as is used here; it is installed apart and so has no types. */
interface OfficialServer {
  registerTool(name: string, definition: object, handler: (...given: never[]) => unknown): void;
  registerResource(name: string, uri: string, definition: object, handler: (uri: URL) => unknown): void;
  registerPrompt(name: string, definition: object, handler: (args: never) => unknown): void;
}
interface Official {
  readonly McpServer: new (info: object, options?: object) => OfficialServer;
  createMcpHandler(build: () => OfficialServer): { fetch(request: Request): Promise<Response> };
  inputRequired(options: object): unknown;
  acceptedContent(responses: unknown, key: string, schema: object): unknown;
}

let official: Official;

beforeAll(async () => {
  installPeers();
  // What the file exports, as far as this test uses it.
  official = (await import(peerFile('@modelcontextprotocol/server/dist/index.mjs'))) as Official;
});

function build(): OfficialServer {
  const server = new official.McpServer({ name: 'official', version: '1' });
  const numbers = z.object({ a: z.number(), b: z.number() });
  const sum = z.object({ sum: z.number() });
  server.registerTool(
    'add',
    { inputSchema: numbers, outputSchema: sum },
    ({ a, b }: { a: number; b: number }) => ({
      content: [{ type: 'text', text: String(a + b) }],
      structuredContent: { sum: a + b },
    }),
  );
  server.registerTool('greet', {}, (ctx: { mcpReq?: { inputResponses?: Record<string, unknown> } }) => {
    const answer = ctx.mcpReq?.inputResponses?.['who'] as { content?: { name?: string } } | undefined;
    if (answer !== undefined) return { content: [{ type: 'text', text: `Hello, ${answer.content?.name}!` }] };
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } };
    const params = { mode: 'form', message: 'Who?', requestedSchema };
    return official.inputRequired({ inputRequests: { who: { method: 'elicitation/create', params } } });
  });
  server.registerResource('note', 'test://note', {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'a note' }],
  }));
  server.registerPrompt(
    'about',
    { argsSchema: z.object({ topic: z.string() }) },
    ({ topic }: { topic: string }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `About ${topic}.` } }],
    }),
  );
  return server;
}

function open(): Client {
  const handler = official.createMcpHandler(build);
  return createClient({
    link: inProcessLink((request) => handler.fetch(request)),
    handlers: { elicit: () => ({ action: 'accept', content: { name: 'Ann' } }) },
  });
}

describe('the official SDK’s server', () => {
  it('is called, read and asked', async () => {
    const client = open();
    expect((await client.discover()).supportedVersions).toContain('2026-07-28');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add', 'greet']);
    expect((await client.callTool('add', { a: 1, b: 2 })).structuredContent).toEqual({ sum: 3 });
    expect((await client.readResource('test://note')).contents).toMatchObject([{ text: 'a note' }]);
    expect((await client.getPrompt('about', { topic: 'tea' })).messages).toMatchObject([
      { content: { text: 'About tea.' } },
    ]);
  });

  it('is answered when it asks for input', async () => {
    expect((await open().callTool('greet')).content).toMatchObject([{ text: 'Hello, Ann!' }]);
  });

  it('says what it does not know, and is not taken for a legacy server', async () => {
    const client = open();
    await expect(client.callTool('nothing')).rejects.toMatchObject({ code: -32602 });
    await expect(client.request('x/y')).rejects.toMatchObject({ code: -32601 });
  });

  it('is listened to', async () => {
    const client = open();
    const subscription = client.listen({ toolsListChanged: true });
    expect(['open', 'unsupported']).toContain(await subscription.ready);
    await subscription.close();
  });
});
