// Preloaded into a server: on SIGUSR2 it collects garbage and appends what memory is left to $BENCH_PROBE.
import { appendFileSync } from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  appendFileSync(process.env.BENCH_PROBE, `${JSON.stringify({ rss, heapUsed, external })}\n`);
});
