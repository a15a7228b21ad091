// One process of a queue's benchmark: told what to do over IPC, it answers with figures.
import { performance } from 'node:perf_hooks';
import { quantile } from './stats.mjs';

const [, , module, options] = process.argv;
const CALLERS = 64;
const { connect } = await import(module);
const { works, ...settings } = JSON.parse(options);
const waiting = new Map();
let handled = 0;
const queue = await connect({
  ...settings,
  works,
  handle(n) {
    handled += 1;
    waiting.get(n)?.(performance.now());
    waiting.delete(n);
  },
});

process.on('message', async ({ ask, count }) => {
  try {
    process.send({ ask, value: await TASKS[ask](count) });
  } catch (error) {
    process.send({ ask, error: String(error?.stack ?? error) });
  }
});
process.send({ ask: 'ready' });

const TASKS = {
  /** Makes so many, by many callers that each wait for one before they make the next. */
  async create(count) {
    const begin = performance.now();
    let made = 0;
    const caller = async () => {
      while (made < count) {
        made += 1;
        await queue.create(made);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    return performance.now() - begin;
  },
  handled: async () => handled,
  /** CPU time so far, in microseconds. */
  async cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  left: () => queue.left(),
  /** Makes one after the other; how long until it is made, until it is handled, until it can be read. */
  async alone(count) {
    const times = { create: [], handle: [], get: [], claim: [] };
    for (let n = 1; n <= count; n += 1) {
      const begin = performance.now();
      const done = new Promise((resolve) => waiting.set(-n, resolve));
      const id = await queue.create(-n);
      times.create.push(performance.now() - begin);
      times.handle.push((await done) - begin);
      if (queue.get === undefined) continue;
      const before = performance.now();
      await queue.get(id);
      times.get.push(performance.now() - before);
      if (queue.claim !== undefined) times.claim.push(await queue.claim());
    }
    return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, percentiles(list)]));
  },
  async close() {
    await queue.close();
    setImmediate(() => process.disconnect());
  },
};

function percentiles(list) {
  const sorted = list.sort((a, b) => a - b);
  return sorted.length === 0 ? undefined : { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
