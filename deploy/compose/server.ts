import { createServer } from '@switchyard/server';

const server = createServer(
  { name: process.env['NAME'] ?? 'example', version: '1.0.0' },
  // The names by which the gateway reaches it.
  { allowedHosts: ['server-one', 'server-two'] },
);

server.registerTool('hello', { description: 'Says hello' }, () => ({
  content: [{ type: 'text', text: `Hello from ${process.env['NAME'] ?? 'example'}` }],
}));

export default server;
