// A server over stdio whose tool runs as a task and asks a question.
import { createServer } from '@switchyard/server';
import { serveStdio } from '@switchyard/server/stdio';
import { memoryTaskStore, runsAsTask, tasks } from '@switchyard/tasks';

const server = createServer({ name: 'slow', version: '1.0.0' }, { onWarning: () => undefined });
server.registerExtension(tasks({ store: memoryTaskStore() }));
server.registerTool('slow', runsAsTask({ pollIntervalMs: 60_000 }), async (ctx) => {
  const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } };
  const answer = await ctx.elicit({ message: 'For whom?', requestedSchema });
  return `slow for ${answer.content?.name ?? answer.action}`;
});
await serveStdio(server);
