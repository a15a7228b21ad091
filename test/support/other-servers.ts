import { peerFile } from './peers.ts';

/** A server that others wrote, with the tool `add`. */
export type OtherServer = (request: Request) => Promise<Response>;

/** The servers that others wrote, by name; `installPeers` first. */
export const OTHER_SERVERS: Readonly<Record<string, () => Promise<OtherServer>>> = {
  tmcp: tmcpServer,
  'mcp-handler': mcpHandlerServer,
  'the official SDK': officialServer,
};

// ---

/** The servers are installed apart from the workspace, and so have no types here. */
const load = async (file: string): Promise<unknown> => import(peerFile(file));

const sum = ({ a, b }: { readonly a: number; readonly b: number }) => ({
  content: [{ type: 'text', text: String(a + b) }],
  structuredContent: { sum: a + b },
});

async function schemas() {
  const { z } = (await load('zod/index.js')) as typeof import('zod'); // the peers' own zod
  return { input: z.object({ a: z.number(), b: z.number() }), output: z.object({ sum: z.number() }) };
}

async function tmcpServer(): Promise<OtherServer> {
  const { McpServer } = (await load('tmcp/src/index.js')) as Tmcp;
  const { HttpTransport } = (await load('@tmcp/transport-http/src/index.js')) as Tmcp;
  const { ZodJsonSchemaAdapter } = (await load('@tmcp/adapter-zod/src/index.js')) as Tmcp;
  const { input: schema, output: outputSchema } = await schemas();
  const adapter = new ZodJsonSchemaAdapter();
  const server = new McpServer({ name: 'tmcp', version: '1' }, { adapter, capabilities: { tools: {} } });
  server.tool({ name: 'add', description: 'Adds.', schema, outputSchema }, sum);
  const transport = new HttpTransport(server, { path: '/mcp' });
  return async (request) => (await transport.respond(request)) ?? new Response();
}

async function mcpHandlerServer(): Promise<OtherServer> {
  const { createMcpHandler } = (await load('mcp-handler/dist/index.mjs')) as McpHandler;
  const { input: inputSchema, output: outputSchema } = await schemas();
  return createMcpHandler((server) => server.registerTool('add', { inputSchema, outputSchema }, sum), {
    serverInfo: { name: 'mcp-handler', version: '1' },
  });
}

async function officialServer(): Promise<OtherServer> {
  const { createMcpHandler, McpServer } = (await load(
    '@modelcontextprotocol/server/dist/index.mjs',
  )) as Official;
  const { input: inputSchema, output: outputSchema } = await schemas();
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'official', version: '1' });
    server.registerTool('add', { inputSchema, outputSchema }, sum);
    return server;
  });
  return (request) => handler.fetch(request);
}

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

interface Registering {
  registerTool(name: string, definition: object, handler: unknown): void;
}

interface McpHandler {
  createMcpHandler(build: (server: Registering) => void, options: object): OtherServer;
}

interface Official {
  readonly McpServer: new (info: object) => Registering;
  createMcpHandler(build: () => Registering): { fetch(request: Request): Promise<Response> };
}
