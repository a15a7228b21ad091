// Serves `import`, a tool that takes long: `node server.mjs <port> <folder>`. Its tasks are in `<folder>/tasks.db`, the rows that it has
// imported in `<folder>/table.jsonl`: kill it whenever you like, and start it again.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { runsAsTask, taskOf, tasks } from '@switchyard/tasks';
import { sqliteTaskStore } from '@switchyard/tasks-sqlite';
import { z } from 'zod';

const BATCH = 1000;
const [port = '0', folder = '.'] = process.argv.slice(2);
const table = path.join(folder, 'table.jsonl');

// Only this machine can reach it. Elsewhere there is an `authenticate`, or a warning that whoever has the id of a task has the task.
const server = createServer({ name: 'long-import', version: '1.0.0' }, { onWarning: () => undefined });
const store = sqliteTaskStore({ file: path.join(folder, 'tasks.db') });
// So short a lease that you need not wait: what another process was doing is taken over after a second and a bit.
server.registerExtension(tasks({ store, leaseMs: 1000, pollMs: 200 }));

server.registerTool(
  'import',
  { inputSchema: z.object({ file: z.string() }), ...runsAsTask({ pollIntervalMs: 100 }) },
  async ({ file }, ctx) => {
    const task = taskOf(ctx);
    const total = await task.step('count', () => rowsOf(file).length);
    let skipped = 0;
    for (let from = 0; from < total; from += BATCH) {
      const bad = await task.step(`check from ${from}`, () => rowWithoutAmount(file, from));
      if (bad !== null) {
        const answer = await ctx.elicit({
          message: `Row ${bad} of ${file} has no amount. Skip it?`,
          requestedSchema: z.object({ skip: z.boolean() }),
        });
        if (answer.action !== 'accept' || !answer.content.skip) return `Stopped at row ${bad} of ${file}.`;
        skipped += 1;
      }
      await task.step(`import from ${from}`, ({ idempotencyKey }) => importBatch(file, from, idempotencyKey));
      task.progress(`${Math.min(from + BATCH, total)} of ${total} rows`);
    }
    return `Imported ${total - skipped} rows of ${file}, skipped ${skipped}.`;
  },
);

const { url } = await serve(server, { port: Number(port) });
console.log(url);

/** Adds a batch to the table, once, however often it is tried: the table knows the keys of its batches. */
async function importBatch(file, from, key) {
  await sleep(100);
  const known = existsSync(table) ? readFileSync(table, 'utf8') : '';
  if (known.includes(key)) return;
  const rows = rowsOf(file).slice(from, from + BATCH);
  appendFileSync(table, `${JSON.stringify({ key, from, rows: rows.length })}\n`);
}

function rowWithoutAmount(file, from) {
  const at = rowsOf(file)
    .slice(from, from + BATCH)
    .findIndex((row) => row.endsWith(','));
  return at === -1 ? null : from + at + 1;
}

function rowsOf(file) {
  return readFileSync(path.join(folder, file), 'utf8').trim().split('\n');
}
