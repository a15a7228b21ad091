import { load } from '../support/load.mjs';
import { output, start } from '../support/processes.mjs';
import { median } from '../support/stats.mjs';
import { available, GATEWAYS, LISTING, SERVERS } from '../targets.mjs';
import { measureSubscriptions } from './subscriptions.mjs';
import { measureThroughput } from './throughput.mjs';

/** What gateways cost: calls and cached lists, latency at half load, open streams, and a reload. */
export async function measureGateways(options) {
  const targets = await available(GATEWAYS, options.only);
  const calls = await measureThroughput(targets, { ...options, workloads: ['call'] });
  const lists = await measureThroughput(await available(LISTING, options.only), {
    ...options,
    workloads: ['list'],
  });
  return {
    samples: [...calls, ...lists],
    added: await measureAdded(targets, calls, options),
    streams: await measureSubscriptions(
      targets.filter(({ streams }) => streams),
      options,
    ),
    reload: await measureReload(options),
  };
}

/**
 * Latency that a gateway adds to `tools/call` at half of the rate that it can keep up, in milliseconds by target: what a caller
 * waits through it, less what the same caller waits who asks the server itself at the same rate.
 */
async function measureAdded(targets, samples, { rounds, seconds, connections }) {
  const rows = {};
  for (const target of targets.filter(({ added }) => added)) {
    const top = median(samples.filter((sample) => sample.target === target.name).map(({ rate }) => rate));
    const rate = Math.floor(top / 2);
    const direct = await start(SERVERS[0]);
    const through = await start(target);
    try {
      const how = { seconds, connections, rate, headers: target.headers };
      // At full speed, and then at that rate: the heap settles at what the load needs.
      for (const warmup of [{ ...how, rate: undefined }, how])
        for (const { url } of [direct, through]) await load(url, 'call', warmup);
      const differences = [];
      for (let round = 0; round < rounds; round += 1) {
        const without = await load(direct.url, 'call', how);
        const within = await load(through.url, 'call', how);
        differences.push({ p50: within.p50 - without.p50, p99: within.p99 - without.p99 });
      }
      const middle = (key) => median(differences.map((difference) => difference[key]));
      rows[target.name] = { rate, p50: middle('p50'), p99: middle('p99') };
    } finally {
      await through.stop();
      await direct.stop();
    }
  }
  return rows;
}

const RELOADED_SERVERS = 1000;

/**
 * Milliseconds from the text of a configuration of a thousand servers to its being in force, and how long the event loop is
 * held up at most while a watch does the same.
 */
async function measureReload({ runs }) {
  const job = ['support/reload-job.mjs', String(RELOADED_SERVERS), String(runs + WARMUP_RELOADS)];
  const measured = JSON.parse(await output([process.execPath, ...job]));
  const [took, held] = [measured.took, measured.held].map((values) => values.slice(WARMUP_RELOADS));
  return { servers: RELOADED_SERVERS, ms: median(took), most: Math.max(...took), held: median(held) };
}

/** The first reloads pay for code that is not compiled yet. */
const WARMUP_RELOADS = 5;
