// Imports ten thousand rows and kills the server twice meanwhile: `node examples/long-import/story.mjs`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@switchyard/client';
import { tasks } from '@switchyard/client/tasks';

const folder = mkdtempSync(path.join(tmpdir(), 'long-import-'));
const rows = Array.from({ length: 10_000 }, (_, at) => `order ${at + 1},${at === 5002 ? '' : at % 97}`);
writeFileSync(path.join(folder, 'orders.csv'), rows.join('\n'));

// Below those that the system gives to others: it has to be free again when the server comes back.
let server = await start(20_000 + Math.floor(Math.random() * 10_000));
console.log('The server is up, and we call import.');
const client = createClient({
  url: server.url,
  extensions: [tasks()],
  handlers: {
    async elicit({ message }) {
      console.log(`It asks: ${message}`);
      await killAndStart('while nobody has answered');
      console.log('We answer: skip it.');
      return { action: 'accept', content: { skip: true } };
    },
  },
});
const result = client.callTool('import', { file: 'orders.csv' });
while (batches().length < 2) await sleep(20);
await killAndStart('in the middle of the rows');
console.log(`It says: ${(await result).content[0].text}`);
const keys = batches().map(({ key }) => key);
console.log(`The table has ${keys.length} batches, ${keys.length - new Set(keys).size} of them twice.`);
await client.close();
server.child.kill();
await once(server.child, 'exit');
rmSync(folder, { recursive: true });

async function killAndStart(when) {
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  console.log(`kill -9, ${when}.`);
  server = await start(new URL(server.url).port);
  console.log('The server is up again.');
}

/** Starts the server; it says where once it listens. */
async function start(port) {
  const script = fileURLToPath(new URL('server.mjs', import.meta.url));
  const stdio = ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, [script, String(port), folder], { stdio });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`The server has ended (${code}) before it listened.`);
  });
  // Later on it is killed, and that is no error.
  gone.catch(() => undefined);
  const [url] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), gone]);
  return { child, url };
}

function batches() {
  const table = path.join(folder, 'table.jsonl');
  if (!existsSync(table)) return [];
  return readFileSync(table, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
