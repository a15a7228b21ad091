import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { scratch, start } from './processes.mjs';
import { pause } from './stats.mjs';

const PROBE = new URL('probe.mjs', import.meta.url).href;
let probes = 0;

/** Starts a server with a probe in it: `memory()` gives what it holds after collecting garbage, in megabytes. */
export async function startProbed(target, options) {
  probes += 1;
  const file = path.join(scratch, `memory-${probes}.jsonl`);
  const server = await start(target, {
    ...options,
    nodeArgs: ['--import', PROBE],
    env: { BENCH_PROBE: file },
  });
  return { ...server, memory: () => readMemory(server, file) };
}

async function readMemory({ pid, target }, file) {
  const before = linesOf(file).length;
  process.kill(pid, 'SIGUSR2');
  for (let waited = 0; waited < 20_000; waited += 50) {
    await pause(50);
    const lines = linesOf(file);
    if (lines.length > before) return inMegabytes(JSON.parse(lines.at(-1)));
  }
  throw new Error(`${target.name} does not tell its memory`);
}

const linesOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

const inMegabytes = ({ rss, heapUsed, external }) => ({
  rss: rss / 2 ** 20,
  heap: heapUsed / 2 ** 20,
  external: external / 2 ** 20,
});
