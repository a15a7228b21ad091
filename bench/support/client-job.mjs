// Drives one client in a process of its own: the module and the server's URL, then seconds for each phase. Prints one line of JSON.
import { performance } from 'node:perf_hooks';

const [, , module, url, seconds] = process.argv;
const { connect } = await import(module);
const client = await connect(url);
let count = 0;

await phase(8, 1);
const alone = await phase(1, Number(seconds));
const together = await phase(32, Number(seconds));
await client.close();
console.log(JSON.stringify({ alone, together }));
process.exit(0);

/** CPU µs a call and calls a second of so many callers, each with one call after the other. */
async function phase(width, length) {
  const begin = performance.now();
  const end = begin + length * 1000;
  const usage = process.cpuUsage();
  const before = count;
  await Promise.all(Array.from({ length: width }, () => callUntil(end)));
  const calls = count - before;
  const { user, system } = process.cpuUsage(usage);
  return { cpu: (user + system) / calls, rate: calls / ((performance.now() - begin) / 1000) };
}

async function callUntil(end) {
  while (performance.now() < end) {
    count += 1;
    const a = count % 1000;
    if ((await client.call(a, 7)) !== a + 7) throw new Error('a wrong answer');
  }
}
