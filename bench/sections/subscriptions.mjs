import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startProbed } from '../support/memory.mjs';
import { CORE, pinned } from '../support/processes.mjs';

const STREAMS = fileURLToPath(new URL('../support/streams.mjs', import.meta.url));

/**
 * What so many open `subscriptions/listen` streams cost one process, by target: memory per stream in kilobytes after
 * garbage collection, seconds to open all, and milliseconds until all have heard of a change where the target can make one.
 */
export async function measureSubscriptions(targets, { streams }) {
  const rows = {};
  for (const target of targets) {
    const server = await startProbed(target);
    try {
      rows[target.name] = await holdStreams(server, Math.min(streams, target.maxStreams ?? streams));
    } finally {
      await server.stop();
    }
  }
  return rows;
}

async function holdStreams(server, streams) {
  // A first stream loads whatever is loaded lazily.
  const first = await openStreams(server.url, 1);
  await first.close();
  const before = await server.memory();
  const begun = performance.now();
  const held = await openStreams(server.url, streams);
  const openSeconds = (performance.now() - begun) / 1000;
  const after = await server.memory();
  const toldMs = server.target.changeSignal === undefined ? undefined : await held.change(server);
  await held.close();
  const perStream = (key) => ((after[key] - before[key]) * 1024) / streams;
  const each = { rss: perStream('rss'), heap: perStream('heap') };
  const row = { streams, ...each, total: after.rss, openSeconds, toldMs };
  console.error(
    `  ${server.target.name}: ${streams} streams, ${row.rss.toFixed(1)} kB each (heap ${row.heap.toFixed(1)} kB)`,
  );
  return row;
}

async function openStreams(url, count) {
  const [program, ...args] = pinned(CORE.load, [process.execPath, STREAMS, url, String(count)]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  await lineOf(lines, child, 'open');
  return {
    async change({ pid, target }) {
      const begun = performance.now();
      process.kill(pid, target.changeSignal);
      await lineOf(lines, child, 'told');
      return performance.now() - begun;
    },
    async close() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}

function lineOf(lines, child, wanted) {
  return new Promise((resolve, reject) => {
    const failed = (code) => reject(new Error(`The streams ended with code ${code}.`));
    child.once('exit', failed);
    lines.on('line', function listener(line) {
      if (line !== wanted) return;
      lines.off('line', listener);
      child.off('exit', failed);
      resolve();
    });
  });
}
