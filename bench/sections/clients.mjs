import { fileURLToPath } from 'node:url';
import { CORE, output, pinned, start } from '../support/processes.mjs';
import { SERVERS } from '../targets.mjs';

/** The clients that are measured: a module in clients/ each. */
export const CLIENTS = [
  { name: 'undici', title: 'floor: bare `undici.request`' },
  { name: 'switchyard', title: '**Switchyard**, over `undici`' },
  { name: 'official', title: 'official client 2.4.0' },
  { name: 'switchyard-cached', title: '**Switchyard**, a fresh list from the cache' },
];

/** CPU time of a `tools/call` in the client, one at a time and 32 at once, in front of the ready-bytes floor: samples by round. */
export async function measureClients({ rounds, seconds }) {
  const server = await start({ ...SERVERS[0], core: CORE.load });
  const samples = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name } of CLIENTS)
        samples.push({ target: name, round, ...(await drive(name, server.url, seconds)) });
    }
  } finally {
    await server.stop();
  }
  return samples;
}

async function drive(name, url, seconds) {
  const job = fileURLToPath(new URL('../support/client-job.mjs', import.meta.url));
  const module = new URL(`../clients/${name}.mjs`, import.meta.url).href;
  const command = [process.execPath, job, module, url, String(seconds / 2)];
  return JSON.parse(await output(pinned(CORE.server, command)));
}
