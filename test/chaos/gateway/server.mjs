// A server to be killed: `write` notes what it did in a file before it answers, so that the note outlives the process.
// PORT, LEDGER (file), NAME. Prints a line once it listens.
import { appendFileSync } from 'node:fs';
import { createServer } from '@switchyard/server';
import { serve } from '@switchyard/server/node';

const { PORT, LEDGER, NAME } = process.env;
const call = { type: 'object', properties: { call: { type: 'string' } }, required: ['call'] };
const server = createServer({ name: NAME, version: '1.0.0' });

server.registerTool('write', { inputSchema: call }, async (args) => {
  appendFileSync(LEDGER, `${JSON.stringify({ call: args.call, by: NAME })}\n`);
  // A call takes a few milliseconds, so that kills meet calls at work.
  await new Promise((resolve) => setTimeout(resolve, 3));
  return args.call;
});
const harmless = { readOnlyHint: true, idempotentHint: true };
server.registerTool('look', { inputSchema: call, annotations: harmless }, (args) => args.call);
const listening = await serve(server, { port: Number(PORT) });
process.on('SIGTERM', () => void listening.close().then(() => process.exit(0)));
console.log('listening');
