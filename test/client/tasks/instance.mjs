// One instance of a server whose tasks are in a SQLite file: prints its port, and writes what it does to a log.
//   node instance.mjs <file> <log>
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { runsAsTask, taskOf, tasks } from '@switchyard/tasks';
import { sqliteTaskStore } from '@switchyard/tasks-sqlite';

const [file = '', log = ''] = process.argv.slice(2);
const store = await sqliteTaskStore({ file });
const server = createServer({ name: 'importer', version: '1.0.0' }, { onWarning: () => undefined });
server.registerExtension(tasks({ store, leaseMs: 1000, pollMs: 100 }));
server.registerTool('import', runsAsTask({ pollIntervalMs: 100, attempts: 50 }), async (ctx) => {
  const task = taskOf(ctx);
  const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const answer = await ctx.elicit({ message: 'For whom?', requestedSchema });
  for (let row = 1; row <= 12; row += 1)
    await task.step(`row ${row}`, async () => {
      await sleep(150, undefined, { signal: task.signal });
      appendFileSync(log, `row ${row}\n`);
      return row;
    });
  return `imported for ${answer.content?.name ?? answer.action}`;
});
const { port } = await serve(server, { port: 0 });
console.log(port);
