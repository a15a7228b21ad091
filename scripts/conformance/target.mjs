// Starts what the suite is run against: one everything server, or a gateway in front of several.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../ensure.mjs';

const main = path.join(root, 'examples/everything/dist/main.js');

/** One instance, on a free port. */
export async function startDirect() {
  const [url, stop] = await startReplicas(1).then(({ urls, stop }) => [urls[0], stop]);
  return { url, stop, report: () => undefined };
}

/** A gateway in front of `count` instances, which are asked in turn. */
export async function startBehindGateway(count) {
  const { createGateway } = await import('@switchyard/gateway');
  const replicas = await startReplicas(count);
  const servers = { everything: { path: '/mcp', replicas: replicas.urls } };
  const gateway = createGateway({ listen: { port: 0 }, servers });
  const { url } = await gateway.listen();
  return {
    url: `${url}/mcp`,
    report() {
      const sent = gateway
        .stats()
        .servers.flatMap((server) => server.replicas.map((replica) => replica.sent));
      console.log(`Requests by instance: ${sent.join(', ')}`);
      if (sent.length !== count || sent.includes(0)) throw new Error('Not every instance was asked.');
    },
    async stop() {
      await gateway.close({ timeoutMs: 0 });
      await replicas.stop();
    },
  };
}

/** Starts processes apart from each other. They share the keys that seal input rounds, and a bus for change notifications. */
async function startReplicas(count) {
  const { formatKeys, randomKey } = await import('@switchyard/seal');
  const env = { ...process.env, SWITCHYARD_KEYS: formatKeys([randomKey()]) };
  const children = Array.from({ length: count }, () =>
    fork(main, ['--port', '0'], { env, stdio: ['ignore', 'pipe', 'ignore', 'ipc'] }),
  );
  for (const child of children) {
    child.on('message', (message) => {
      for (const other of children) if (other !== child && other.connected) other.send(message);
    });
  }
  const stop = async () => {
    await Promise.all(children.map(stopChild));
  };
  try {
    return { urls: await Promise.all(children.map(urlOf)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The URL that an instance prints once it listens. */
async function urlOf(child) {
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('An instance ended before it listened.');
}

async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
