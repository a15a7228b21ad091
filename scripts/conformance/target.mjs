// Starts what the suite is run against: one everything server, or a gateway in front of several.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../ensure.mjs';

const main = path.join(root, 'examples/everything/dist/main.js');

/** One instance, on a free port. */
export async function startDirect() {
  const [url, stop] = await startReplicas(1).then(({ urls, stop }) => [urls[0], stop]);
  return { url, stop, report: () => undefined };
}

/**
 * Gateways in front of `count` instances, which are asked in turn; the gateways are, too, where there are several. With
 * `governed` every stage of the gateways is switched on, with `federated` the suite takes the path of a federation, on which the one server keeps its names.
 */
export async function startBehindGateway(count, { federated = false, governed = false, gateways = 1 } = {}) {
  const { formatKeys, randomKey } = await import('@switchyard/seal');
  const replicas = await startReplicas(count);
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-governed-'));
  const stages = governed ? everyStage(folder) : { server: {}, gateway: {} };
  const where = federated ? { prefix: '' } : { path: '/mcp' };
  const server = { replicas: replicas.urls, ...where, ...stages.server };
  const federation = federated ? { federation: { keys: { env: 'KEYS' } } } : {};
  const env = { KEYS: formatKeys([randomKey()]) };
  const config = { listen: { port: 0 }, servers: { everything: server }, ...federation, ...stages.gateway };
  const fleet = await startGateways(gateways, config, env);
  const front = gateways === 1 ? undefined : await startFront(fleet.map(({ url }) => `${url}/mcp`));
  return {
    url: `${front?.url ?? fleet[0].url}/mcp`,
    report() {
      reportSent('instance', fleet.map(({ gateway }) => sentTo(gateway)).reduce(added));
      if (front !== undefined) reportSent('gateway', sentTo(front.gateway));
    },
    async stop() {
      for (const { gateway } of [...(front === undefined ? [] : [front]), ...fleet]) {
        await gateway.close({ timeoutMs: 0 });
      }
      await replicas.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Every stage of a gateway, set so that it has its whole work and nothing to refuse: the suite shows no credentials. */
function everyStage(folder) {
  const hash = `sha256:${'0'.repeat(64)}`;
  const rule = (name, when) => ({ name, effect: 'deny', when });
  return {
    gateway: {
      identify: { keys: [{ name: 'nobody-has-it', hash }], anonymous: true },
      quotas: [{ name: 'each', per: ['caller', 'method'], limit: 1_000_000, concurrent: 10_000 }],
      policy: {
        default: 'allow',
        rules: [
          rule('by-name', 'request.name.startsWith("forbidden")'),
          rule('by-arguments', 'tool.name == "test_simple_text" && has(args.forbidden)'),
          rule('by-claim', 'caller.by == "token"'),
        ],
        body: 'always',
      },
      integrity: {},
      cache: {},
      store: `sqlite:${path.join(folder, 'store.db')}`,
      audit: { writeAhead: true, contents: 'all' },
    },
    server: { circuit: {}, hedge: {}, health: { active: {} }, trusted: true },
  };
}

async function startGateways(count, config, env) {
  const { createGateway } = await import('@switchyard/gateway');
  return Promise.all(
    Array.from({ length: count }, async () => {
      const gateway = createGateway(config, { env });
      return { gateway, url: (await gateway.listen()).url };
    }),
  );
}

/** A plain round robin: a gateway that does nothing but forward. */
async function startFront(replicas) {
  const [front] = await startGateways(1, {
    listen: { port: 0 },
    servers: { gateways: { path: '/mcp', replicas } },
  });
  return front;
}

function sentTo(gateway) {
  return gateway.stats().servers.flatMap((server) => server.replicas.map((replica) => replica.sent));
}

function added(one, other) {
  return one.map((sent, i) => sent + other[i]);
}

function reportSent(what, sent) {
  console.log(`Requests by ${what}: ${sent.join(', ')}`);
  if (sent.includes(0)) throw new Error(`Not every ${what} was asked.`);
}

/** Starts processes apart from each other. They share the keys that seal input rounds, a bus for change notifications, and a file for tasks. */
async function startReplicas(count) {
  const { formatKeys, randomKey } = await import('@switchyard/seal');
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-everything-'));
  const env = {
    ...process.env,
    SWITCHYARD_KEYS: formatKeys([randomKey()]),
    EVERYTHING_TASKS: path.join(folder, 'tasks.db'),
  };
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
    rmSync(folder, { recursive: true });
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
