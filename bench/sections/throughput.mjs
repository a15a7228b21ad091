import { load, verify } from '../support/load.mjs';
import { start } from '../support/processes.mjs';
import { median } from '../support/stats.mjs';
import { cpuMicroseconds, memoryMb, processTree } from '../support/usage.mjs';
import { WORKLOADS } from '../workloads.mjs';

/**
 * CPU time per request, rate, latency under full load and peak memory of each target. Every round starts all targets
 * anew and loads them in turn, in short slices, so that whatever else the machine does falls on all alike. Gives one sample
 * for each round, workload and target.
 */
export async function measureThroughput(targets, options) {
  const samples = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const tools of [1, 100]) {
      const workloads = options.workloads.filter((name) => WORKLOADS[name].tools === tools);
      if (workloads.length > 0)
        samples.push(...(await measureRound(targets, workloads, { ...options, tools, round })));
    }
  }
  return samples;
}

async function measureRound(targets, workloads, options) {
  const running = [];
  try {
    for (const target of targets) running.push(await start(target, { tools: options.tools }));
    const samples = [];
    for (const workload of workloads) samples.push(...(await measureWorkload(running, workload, options)));
    return samples;
  } finally {
    for (const server of running) await server.stop();
  }
}

async function measureWorkload(servers, workload, { seconds, warmup, connections, round }) {
  for (const server of servers) {
    await verify(server, workload);
    await load(server.url, workload, { seconds: warmup, connections, headers: server.target.headers });
  }
  const slices = new Map(servers.map((server) => [server, []]));
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const server of rotated(servers, round + slice)) {
      slices
        .get(server)
        .push(await measureSlice(server, workload, { seconds: seconds / SLICES, connections }));
    }
  }
  const samples = [];
  for (const [server, list] of slices) {
    await verify(server, workload);
    samples.push({ target: server.target.name, workload, round, ...joined(list), peak: peakOf(server) });
  }
  for (const sample of samples) console.error(`  ${line(sample)}`);
  return samples;
}

async function measureSlice(server, workload, how) {
  const pids = pidsOf(server);
  const before = cpuMicroseconds(pids);
  const answer = await load(server.url, workload, { ...how, headers: server.target.headers });
  const { errors, requests } = answer;
  if (errors > 0)
    throw new Error(`${server.target.name}, ${workload}: ${errors} of ${requests} answers were errors`);
  return { ...answer, cpu: cpuMicroseconds(pids) - before };
}

// ---

/** Into how many parts each measurement is cut, so that the targets take turns quickly. */
const SLICES = 3;

/** The same in another order each time, so that no target always comes first. */
function rotated(list, by) {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

function joined(slices) {
  const sum = (key) => slices.reduce((total, slice) => total + slice[key], 0);
  const middle = (key) => median(slices.map((slice) => slice[key]));
  const requests = sum('requests');
  return {
    cpu: sum('cpu') / requests,
    rate: requests / sum('seconds'),
    p50: middle('p50'),
    p99: middle('p99'),
  };
}

/** What is measured of a target: all its processes, but not the one that only starts it, or that one alone. */
const pidsOf = ({ pid, target }) => (target.alone ? [pid] : processTree(pid).slice(target.wraps ? 1 : 0));

const peakOf = (server) => memoryMb(pidsOf(server), 'VmHWM');

const line = ({ target, workload, round, cpu, rate, p50, p99, peak }) =>
  `${round} ${workload} ${target}: ${cpu.toFixed(1)} µs, ${rate.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${peak.toFixed(0)} MB`;
