// Our server. FRONT=node mounts it on node:http, FRONT=fetch behind @hono/node-server, as whoever has a fetch handler does,
// FRONT=stdio on standard input and output.
import { createServer } from '@switchyard/server';
import { z } from 'zod';
import { HOST, INFO, PORT, TEXT, tools, URI } from '../work.mjs';

const server = createServer(INFO);
for (const { name, title, description, input, output, run } of tools(z)) {
  server.registerTool(name, { title, description, inputSchema: input, outputSchema: output }, run);
}
server.registerResource('ten-kilobytes', URI, { mimeType: 'text/plain' }, () => TEXT);

if (process.env.FRONT === 'fetch') {
  const { serve } = await import('@hono/node-server');
  await server.ready();
  serve({ fetch: server.fetch, port: PORT, hostname: HOST });
} else if (process.env.FRONT === 'stdio') {
  const { serveStdio } = await import('@switchyard/server/stdio');
  serveStdio(server);
} else {
  const { serve } = await import('@switchyard/server/node');
  await serve(server, { port: PORT, host: HOST });
}

// Lets the benchmark make a change that every listen stream hears of.
process.on('SIGHUP', () => server.notify.toolsChanged());

// Ends in order, so that node --cpu-prof writes its profile.
process.on('SIGINT', () => process.exit(0));
