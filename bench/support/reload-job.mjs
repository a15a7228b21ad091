// Reloads a gateway of so many servers, again and again, as a process of its own:  node reload-job.mjs SERVERS TIMES
// and prints, in milliseconds, how long each took in one go (`took`), and how long the event loop was held up at most while the
// same was done by the watch of a file (`held`).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { createGateway, parseConfig, watchConfig } from '@switchyard/gateway';

const [servers, times] = process.argv.slice(2).map(Number);
const gateway = createGateway(parseConfig(text(0)).plan);
const took = [];
for (let version = 1; version <= times; version += 1) {
  const yaml = text(version);
  await new Promise((resolve) => setImmediate(resolve));
  const begun = performance.now();
  gateway.reload(parseConfig(yaml).plan);
  took.push(performance.now() - begun);
}
const held = await watched();
await gateway.close();
console.log(JSON.stringify({ took, held }));

async function watched() {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-reload-'));
  const file = path.join(folder, 'gateway.yaml');
  let reloads = 0;
  writeFileSync(file, text(0));
  const watch = watchConfig(file, {
    onChange({ plan }) {
      gateway.reload(plan);
      reloads += 1;
    },
    onError(error) {
      throw error;
    },
    debounceMs: 3_600_000,
  });
  const held = [];
  try {
    for (let version = 1; version <= times; version += 1) {
      writeFileSync(file, text(version));
      const stop = ticker();
      await watch.check();
      held.push(await stop());
    }
  } finally {
    watch.close();
    rmSync(folder, { recursive: true });
  }
  if (reloads !== times) throw new Error(`${reloads} reloads, where ${times} were asked for`);
  return held;
}

/** The longest time between two turns of the event loop, from now until it is stopped. */
function ticker() {
  let last = performance.now();
  let longest = 0;
  let running = true;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  return async () => {
    // What ran last is seen by the turn after it.
    await new Promise((resolve) => setImmediate(resolve));
    running = false;
    return longest;
  };
}

/** A configuration in which a tenth of the servers is other than before. */
function text(version) {
  const lines = Array.from({ length: servers }, (_, index) => {
    const port = 10_000 + ((index % 10 === version % 10 ? index + version : index) % 40_000);
    return `  server-${index}: { replicas: ["http://127.0.0.1:${port}/mcp"], timeouts: { headers: 30s } }`;
  });
  return `listen: { port: 0 }\nservers:\n${lines.join('\n')}\n`;
}
