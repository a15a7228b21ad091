// A gateway made of the official SDK, as its guide has it: its handler in front, one kept client for each server behind.
import { createServer } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { HOST, INFO, PORT } from '../work.mjs';

const urls = process.env.UPSTREAMS.split(',').map((url) => new URL(url));
const clients = await Promise.all(urls.map(connected));
let turn = 0;
const next = () => clients[turn++ % clients.length];

const handler = createMcpHandler(() => {
  const server = new Server(INFO, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', ({ params }) => next().listTools(params));
  server.setRequestHandler('tools/call', ({ params }) =>
    next().callTool({ name: params.name, arguments: params.arguments }),
  );
  return server;
});
const serve = toNodeHandler(handler);
createServer((request, response) => void serve(request, response)).listen(PORT, HOST);

async function connected(url) {
  const client = new Client(INFO, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(url));
  return client;
}
