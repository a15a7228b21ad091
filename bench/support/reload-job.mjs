// Reloads a gateway of so many servers, again and again, as a process of its own:  node reload-job.mjs SERVERS TIMES
// and prints how many milliseconds each took, and how long the event loop was ever held up by one.
import { performance } from 'node:perf_hooks';
import { createGateway, parseConfig } from '@switchyard/gateway';

const [servers, times] = process.argv.slice(2).map(Number);
const gateway = createGateway(parseConfig(text(0)).plan);
const took = [];
for (let version = 1; version <= times; version += 1) {
  const yaml = text(version);
  await new Promise((resolve) => setImmediate(resolve));
  const begun = performance.now();
  gateway.reload(parseConfig(yaml).plan);
  took.push(performance.now() - begun);
}
await gateway.close();
console.log(JSON.stringify(took));

/** A configuration in which a tenth of the servers is other than before. */
function text(version) {
  const lines = Array.from({ length: servers }, (_, index) => {
    const port = 10_000 + ((index % 10 === version % 10 ? index + version : index) % 40_000);
    return `  server-${index}: { replicas: ["http://127.0.0.1:${port}/mcp"], timeouts: { headers: 30s } }`;
  });
  return `listen: { port: 0 }\nservers:\n${lines.join('\n')}\n`;
}
