import { load, verify } from '../support/load.mjs';
import { startProbed } from '../support/memory.mjs';

/** After which share of the calls memory is looked at; the first is the point from which it must not grow. */
const SHARES = [0.1, 0.25, 0.5, 0.75, 1];

/** Memory after garbage collection, in megabytes, at several points of so many calls, by target. */
export async function measureLeaks(targets, { calls, connections }) {
  const rows = {};
  for (const target of targets) {
    const server = await startProbed(target);
    try {
      rows[target.name] = await watch(server, { calls, connections });
    } finally {
      await server.stop();
    }
  }
  return rows;
}

async function watch(server, { calls, connections }) {
  const points = [];
  let done = 0;
  for (const share of SHARES) {
    const requests = Math.round(calls * share) - done;
    const { errors } = await load(server.url, 'call', { requests, connections });
    if (errors > 0) throw new Error(`${server.target.name}: ${errors} answers were errors`);
    done += requests;
    const { rss, heap } = await server.memory();
    points.push({ calls: done, rss, heap });
    console.error(
      `  ${server.target.name}: ${done} calls, heap ${heap.toFixed(2)} MB, RSS ${rss.toFixed(0)} MB`,
    );
  }
  await verify(server, 'call');
  return points;
}
