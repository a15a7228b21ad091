// tmcp with its HTTP transport behind @hono/node-server; it serves 2026-07-28 without sessions, always as an event stream.
import { serve } from '@hono/node-server';
import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod';
import { HttpTransport } from '@tmcp/transport-http';
import { McpServer } from 'tmcp';
import { z } from 'zod';
import { HOST, INFO, PORT, TEXT, tools, URI } from '../work.mjs';

const server = new McpServer(INFO, {
  adapter: new ZodJsonSchemaAdapter(),
  capabilities: { tools: {}, resources: {} },
});
for (const { name, title, description, input, output, run } of tools(z)) {
  server.tool({ name, title, description, schema: input, outputSchema: output }, async (args) => run(args));
}
const resource = {
  name: 'ten-kilobytes',
  description: 'Ten kilobytes of text.',
  uri: URI,
  mimeType: 'text/plain',
};
server.resource(resource, async () => ({ contents: [{ uri: URI, mimeType: 'text/plain', text: TEXT }] }));

const transport = new HttpTransport(server, { path: '/mcp' });
serve({
  fetch: async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 }),
  port: PORT,
  hostname: HOST,
});
