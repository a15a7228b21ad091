// The official SDK, version 2, on node:http with its Host and Origin guards, as its guide to serving says.
import { createServer } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { HOST, INFO, PORT, TEXT, tools, URI } from '../work.mjs';

const definitions = tools(z);
const handler = createMcpHandler(() => {
  const server = new McpServer(INFO);
  for (const { name, title, description, input, output, run } of definitions) {
    server.registerTool(
      name,
      { title, description, inputSchema: input, outputSchema: output },
      async (args) => run(args),
    );
  }
  server.registerResource('ten-kilobytes', URI, { mimeType: 'text/plain' }, async () => ({
    contents: [{ uri: URI, mimeType: 'text/plain', text: TEXT }],
  }));
  return server;
});

const serve = toNodeHandler(handler);
const hostAllowed = localhostHostValidation();
const originAllowed = localhostOriginValidation();
createServer((request, response) => {
  if (hostAllowed(request, response) && originAllowed(request, response)) void serve(request, response);
}).listen(PORT, HOST);
