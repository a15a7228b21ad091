import type { Client } from '@switchyard/client';
import { createClient, inProcessLink } from '@switchyard/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { installPeers, peerFile } from '../support/peers.ts';

/** The servers are installed apart from the workspace, and so have no types here. */
type Module = Readonly<Record<string, new (...given: unknown[]) => never>>;

const load = async (file: string): Promise<Module> => import(peerFile(file));

beforeAll(() => installPeers(), 300_000);

async function expectToBeCalled(client: Client): Promise<void> {
  expect((await client.discover()).supportedVersions).toContain('2026-07-28');
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add']);
  expect((await client.callTool('add', { a: 1, b: 2 })).structuredContent).toEqual({ sum: 3 });
  const many = await Promise.all(Array.from({ length: 20 }, (_, b) => client.callTool('add', { a: b, b })));
  expect(many.map(({ structuredContent }) => structuredContent)).toEqual(
    many.map((_, b) => ({ sum: 2 * b })),
  );
  await client.close();
}

const sum = ({ a, b }: { readonly a: number; readonly b: number }) => ({
  content: [{ type: 'text', text: String(a + b) }],
  structuredContent: { sum: a + b },
});

describe('servers that others wrote', () => {
  it('tmcp is called', async () => {
    const { McpServer } = (await load('tmcp/src/index.js')) as unknown as Tmcp;
    const { HttpTransport } = (await load('@tmcp/transport-http/src/index.js')) as unknown as Tmcp;
    const { ZodJsonSchemaAdapter } = (await load('@tmcp/adapter-zod/src/index.js')) as unknown as Tmcp;
    const { z } = await import(peerFile('zod/index.js'));
    const adapter = new ZodJsonSchemaAdapter();
    const server = new McpServer({ name: 'tmcp', version: '1' }, { adapter, capabilities: { tools: {} } });
    const schema = z.object({ a: z.number(), b: z.number() });
    server.tool(
      { name: 'add', description: 'Adds.', schema, outputSchema: z.object({ sum: z.number() }) },
      sum,
    );
    const transport = new HttpTransport(server, { path: '/mcp' });
    await expectToBeCalled(
      createClient({
        link: inProcessLink(async (request) => (await transport.respond(request)) ?? new Response()),
      }),
    );
  });

  it('mcp-handler is called', async () => {
    const { createMcpHandler } = (await load('mcp-handler/dist/index.mjs')) as unknown as McpHandler;
    const { z } = await import(peerFile('zod/index.js'));
    const inputSchema = z.object({ a: z.number(), b: z.number() });
    const handler = createMcpHandler(
      (server) =>
        server.registerTool('add', { inputSchema, outputSchema: z.object({ sum: z.number() }) }, sum),
      { serverInfo: { name: 'mcp-handler', version: '1' } },
    );
    await expectToBeCalled(createClient({ link: inProcessLink(handler) }));
  });
});

interface Tmcp {
  readonly McpServer: new (
    info: object,
    options: object,
  ) => { tool(definition: object, handler: unknown): void };
  readonly HttpTransport: new (
    server: object,
    options: object,
  ) => { respond(request: Request): Promise<Response | null> };
  readonly ZodJsonSchemaAdapter: new () => object;
}

interface McpHandler {
  createMcpHandler(
    build: (server: { registerTool(name: string, definition: object, handler: unknown): void }) => void,
    options: object,
  ): (request: Request) => Promise<Response>;
}
