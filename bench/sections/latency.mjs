import { load } from '../support/load.mjs';
import { start } from '../support/processes.mjs';
import { median } from '../support/stats.mjs';

/** Latency of `tools/call` with one caller who sends one request after the other: milliseconds by target. */
export async function measureLatency(targets, { rounds, seconds }) {
  const samples = new Map(targets.map(({ name }) => [name, []]));
  const running = [];
  try {
    for (const target of targets) running.push(await start(target));
    for (const { url } of running) await load(url, 'call', { seconds: 1, connections: 16 });
    for (let round = 0; round < rounds; round += 1) {
      for (const { url, target } of running) {
        samples.get(target.name).push(await load(url, 'call', { seconds: seconds / 2, connections: 1 }));
      }
    }
  } finally {
    for (const server of running) await server.stop();
  }
  const middle = (key) => (list) => median(list.map((sample) => sample[key]));
  return Object.fromEntries(
    [...samples].map(([name, list]) => [name, { p50: middle('p50')(list), p99: middle('p99')(list) }]),
  );
}
