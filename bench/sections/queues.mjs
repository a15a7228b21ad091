import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { pause } from '../support/stats.mjs';

/** The queues that are measured: a module in queues/ each. */
export const QUEUES = [
  { name: 'switchyard-postgres', title: '**Switchyard**, PostgreSQL' },
  { name: 'graphile-worker', title: 'graphile-worker 0.17.3' },
  { name: 'graphile-worker-tuned', title: 'graphile-worker 0.17.3, batches' },
  { name: 'pg-boss', title: 'pg-boss 10.4.2, its worker' },
  { name: 'pg-boss-loop', title: 'pg-boss 10.4.2, own loop' },
  { name: 'switchyard-sqlite', title: '**Switchyard**, SQLite' },
];

/** Queues whose verbs are measured beside so many finished tasks. */
const CROWDED = new Set(['switchyard-postgres', 'switchyard-sqlite']);
const CONCURRENCY = 50;
/** Linux counts CPU time in hundredths of a second. */
const TICK_US = 10_000;

/** Tasks a second by one process and by four, and latencies of one task at a time: samples by round. */
export async function measureQueues({ rounds, tasks, finished, only }) {
  const url =
    process.env.BENCH_POSTGRES ?? `postgres://${process.env.USER ?? 'root'}@127.0.0.1:5432/postgres`;
  const queues = QUEUES.filter(({ name }) => only === undefined || only.has(name));
  const samples = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name } of queues)
      samples.push({ queue: name, round, ...(await measureQueue(name, { url, tasks, finished: 0 })) });
  }
  const crowded = [];
  for (const { name } of queues.filter((queue) => CROWDED.has(queue.name)))
    crowded.push(await compareCrowded(name, { url, tasks, finished, rounds }));
  return { samples, crowded, tasks, finished };
}

async function measureQueue(name, { url, tasks, finished }) {
  const one = await inTables(name, { url, finished }, (settings) => throughput(name, settings, 1, tasks));
  const four = await inTables(name, { url, finished }, (settings) => throughput(name, settings, 4, tasks));
  const alone = await inTables(name, { url, finished }, (settings) => latency(name, settings));
  console.error(`  ${name}: ${Math.round(one.rate)}/s by one, ${Math.round(four.rate)}/s by four`);
  return { one, four, ...alone };
}

/** The same without and with many finished tasks, in turn, so that the machine's moods fall on both. */
async function compareCrowded(name, { url, tasks, finished, rounds }) {
  const pairs = [];
  await inTables(name, { url, finished }, async (full) => {
    for (let round = 1; round <= Math.max(3, rounds); round += 1) {
      const pair = {};
      await inTables(name, { url, finished: 0 }, async (empty) => {
        for (const [kind, settings] of [
          ['empty', empty],
          ['full', full],
        ])
          pair[kind] = {
            ...(await throughput(name, settings, 1, tasks)),
            ...(await latency(name, settings)),
          };
      });
      console.error(
        `  ${name}: ${Math.round(pair.empty.rate)}/s beside none, ${Math.round(pair.full.rate)}/s beside ${finished}`,
      );
      pairs.push(pair);
    }
  });
  return { queue: name, pairs };
}

/** Tables of one's own for the time of the work. */
async function inTables(name, { url, finished }, work) {
  const settings = { url, name: `switchyard_bench_${process.pid}_${finished}` };
  const { prepare, remove } = await import(moduleOf(name));
  await remove(settings);
  await prepare({ ...settings, finished });
  try {
    return await work(settings);
  } finally {
    await remove(settings);
  }
}

/** Tasks a second that so many processes make and handle, from the first call to the last task that is kept as done. */
async function throughput(name, settings, processes, tasks) {
  const jobs = await Promise.all(Array.from({ length: processes }, () => startJob(name, settings)));
  try {
    await Promise.all(jobs.map((job) => job.ask('create', Math.ceil(tasks / 10 / processes))));
    await drained(jobs);
    const count = Math.ceil(tasks / processes);
    const before = await cpuOf(jobs, settings);
    const begin = performance.now();
    await Promise.all(jobs.map((job) => job.ask('create', count)));
    await drained(jobs);
    const seconds = (performance.now() - begin) / 1000;
    const cpu = (await cpuOf(jobs, settings)) - before;
    return { rate: (count * processes) / seconds, cpu: cpu / (count * processes) };
  } finally {
    await Promise.all(jobs.map((job) => job.close()));
  }
}

/** CPU time of the processes and of what the database does for them, in microseconds. */
async function cpuOf(jobs, { url }) {
  const own = await Promise.all(jobs.map((job) => job.ask('cpu')));
  return own.reduce((a, b) => a + b, 0) + (await backendsCpu(url));
}

/** CPU time of all connections to the database of the benchmark, in microseconds; 0 where it is not on this machine. */
async function backendsCpu(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
    );
    return rows.reduce((sum, { pid }) => sum + ticksOf(pid) * TICK_US, 0);
  } finally {
    await client.end();
  }
}

function ticksOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

async function drained([job]) {
  while ((await job.ask('left')) > 0) await pause(10);
}

async function latency(name, settings) {
  const job = await startJob(name, settings);
  try {
    await job.ask('alone', 20);
    return await job.ask('alone', name === 'pg-boss' ? 20 : 200);
  } finally {
    await job.close();
  }
}

async function startJob(name, settings) {
  const file = fileURLToPath(new URL('../support/queue-job.mjs', import.meta.url));
  const options = JSON.stringify({ ...settings, concurrency: CONCURRENCY, works: true });
  const env = { ...process.env, NODE_ENV: 'production', GRAPHILE_LOGGER_DEBUG: '' };
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = fork(file, [moduleOf(name), options], { env, stdio });
  const answer = async (ask) => {
    const stop = new AbortController();
    const ended = once(child, 'exit', { signal: stop.signal }).then(() => [{ error: 'the process ended' }]);
    try {
      for (;;) {
        const [message] = await Promise.race([once(child, 'message', { signal: stop.signal }), ended]);
        if (message.error !== undefined) throw new Error(`${name}: ${message.error}`);
        if (message.ask === ask) return message.value;
      }
    } finally {
      ended.catch(() => undefined);
      stop.abort();
    }
  };
  await answer('ready');
  const ask = (what, count) => {
    const answered = answer(what);
    child.send({ ask: what, count });
    return answered;
  };
  return {
    ask,
    async close() {
      const gone = once(child, 'exit');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      child.send({ ask: 'close' });
      await gone;
      clearTimeout(late);
    },
  };
}

const moduleOf = (name) => new URL(`../queues/${name}.mjs`, import.meta.url).href;
