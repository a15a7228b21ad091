import { connect } from 'node:net';
import { start } from '../support/processes.mjs';
import { median, pause } from '../support/stats.mjs';
import { cpuMicroseconds, memoryMb, processTree } from '../support/usage.mjs';
import { headersOf, message } from '../workloads.mjs';

/** From the start of the process to the first answer to a `tools/call`, by target: milliseconds, CPU time, memory then. */
export async function measureColdStart(targets, { runs }) {
  const samples = new Map(targets.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const target of targets) samples.get(target.name).push(await startOnce(target));
  }
  const middle = (list, key) => median(list.map((sample) => sample[key]));
  return Object.fromEntries(
    [...samples].map(([name, list]) => [
      name,
      { first: middle(list, 'first'), cpu: middle(list, 'cpu'), rss: middle(list, 'rss') },
    ]),
  );
}

async function startOnce(target) {
  const server = await start(target, { wait: false });
  try {
    while (!(await answers(server.url))) {
      if (performance.now() - server.startedAt > 20_000) throw new Error(`${target.name} does not start`);
      await pause(1);
    }
    const first = performance.now() - server.startedAt;
    const pids = processTree(server.pid);
    return { first, cpu: cpuMicroseconds(pids) / 1000, rss: memoryMb(pids, 'VmRSS') };
  } finally {
    await server.stop();
  }
}

/** Whether a call is answered; a plain socket, so that the asker costs little. */
function answers(url) {
  const { port, hostname, host, pathname } = new URL(url);
  const body = JSON.stringify(message('tools/call', 1));
  const headers = Object.entries(headersOf('tools/call')).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${headers.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, noDelay: true }, () =>
      socket.write(head + body),
    );
    socket.once('data', (bytes) => {
      resolve(bytes.latin1Slice(0, 12) === 'HTTP/1.1 200');
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}
