import { load, verify } from '../support/load.mjs';
import { start } from '../support/processes.mjs';
import { cpuMicroseconds, memoryMb, processTree } from '../support/usage.mjs';
import { WORKLOADS } from '../workloads.mjs';

/**
 * CPU time per request, rate, latency under full load and peak memory of each target. Every round starts all targets
 * anew and loads them in turn, so that whatever else the machine does falls on all alike. Gives one sample for each
 * round, workload and target.
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
  const samples = [];
  try {
    for (const target of targets) running.push(await start(target, { tools: options.tools }));
    for (const workload of workloads) {
      for (const server of running) samples.push(await measure(server, workload, options));
    }
  } finally {
    for (const server of running) await server.stop();
  }
  return samples;
}

async function measure(server, workload, { seconds, warmup, connections, round }) {
  await verify(server, workload);
  await load(server.url, workload, { seconds: warmup, connections });
  const pids = processTree(server.pid).slice(server.target.wraps ? 1 : 0);
  const before = cpuMicroseconds(pids);
  const {
    requests,
    seconds: took,
    p50,
    p99,
    errors,
  } = await load(server.url, workload, { seconds, connections });
  const cpu = (cpuMicroseconds(pids) - before) / requests;
  await verify(server, workload);
  if (errors > 0)
    throw new Error(`${server.target.name}, ${workload}: ${errors} of ${requests} answers were errors`);
  const sample = {
    target: server.target.name,
    workload,
    round,
    cpu,
    rate: requests / took,
    p50,
    p99,
    peak: memoryMb(pids, 'VmHWM'),
  };
  console.error(
    `  ${round} ${workload} ${sample.target}: ${cpu.toFixed(1)} µs, ${sample.rate.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${sample.peak.toFixed(0)} MB`,
  );
  return sample;
}
