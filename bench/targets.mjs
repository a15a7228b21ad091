// What is measured. A target is a program in servers/ that listens on $PORT and does the work of work.mjs.
import { spawnSync } from 'node:child_process';

/**
 * Servers, the two floors first. `changeSignal` makes a server publish a change to whoever listens; `maxStreams` is how many
 * listen streams one takes at most.
 */
export const SERVERS = [
  {
    name: 'floor-canned',
    title: 'floor: bare `node:http`, ready bytes',
    file: 'floor.mjs',
    env: { MODE: 'canned' },
  },
  {
    name: 'floor-stringify',
    title: 'floor: bare `node:http`, parse and stringify',
    file: 'floor.mjs',
    env: { MODE: 'stringify' },
  },
  {
    name: 'switchyard-node',
    title: '**Switchyard**, `node:http` front',
    file: 'switchyard.mjs',
    env: { FRONT: 'node' },
    changeSignal: 'SIGHUP',
  },
  {
    name: 'switchyard-fetch',
    title: '**Switchyard**, fetch front on `@hono/node-server`',
    file: 'switchyard.mjs',
    env: { FRONT: 'fetch' },
    changeSignal: 'SIGHUP',
  },
  { name: 'official', title: 'official SDK 2.4.0, `node:http`', file: 'official.mjs', maxStreams: 1000 },
  { name: 'tmcp', title: 'tmcp 1.20.0', file: 'tmcp.mjs' },
];

/** The key that callers of gateways show; those that ask for none are shown it all the same. */
export const BENCH_KEY = 'switchyard-bench-key-that-opens-nothing-else';

const behind = {
  upstreams: 2,
  upstream: SERVERS[0],
  headers: { Authorization: `Bearer ${BENCH_KEY}` },
};

/**
 * Gateways, each in front of two floor servers. One that `wraps` is measured without the program that starts it, one that is
 * measured `alone` without the processes that it starts.
 */
export const GATEWAYS = [
  {
    name: 'nginx',
    title: 'nginx, one worker',
    file: 'nginx.mjs',
    wraps: true,
    ...behind,
    missing: nginxMissing,
  },
  {
    name: 'proxy-undici',
    title: 'floor: the simplest `undici` proxy',
    file: 'proxy-undici.mjs',
    ...behind,
    added: true,
  },
  {
    name: 'mcp-proxy',
    title: 'mcp-proxy 6.7.19, to a server on stdio',
    file: 'mcp-proxy.mjs',
    alone: true,
  },
  {
    name: 'official-gateway',
    title: 'official SDK 2.4.0, the gateway of its guide',
    file: 'official-gateway.mjs',
    upstreams: 2,
    upstream: SERVERS[2],
  },
  gateway('switchyard-gateway', '**Switchyard** gateway, nothing on', { added: true, streams: true }),
  gateway('switchyard-gateway-federation', '**Switchyard** gateway, the path of a federation', {
    stages: ['federation'],
    streams: true,
  }),
  ...['identify', 'admit', 'authorise', 'record'].map((stage) =>
    gateway(`switchyard-gateway-${stage}`, `**Switchyard** gateway, ${stage}`, { stages: [stage] }),
  ),
  gateway('switchyard-gateway-governed', '**Switchyard** gateway, identify, admit, authorise and record', {
    stages: ['identify', 'admit', 'authorise', 'record'],
    added: true,
  }),
];

/** For `tools/list`: the floor that writes ready bytes, and what serves them from in front of it. */
export const LISTING = [
  SERVERS[0],
  ...GATEWAYS.filter(({ name }) => name === 'proxy-undici'),
  gateway('switchyard-gateway-cache', '**Switchyard** gateway, cached', {
    stages: ['cache'],
    upstream: { ...SERVERS[0], env: { ...SERVERS[0].env, CACHEABLE: '1' } },
  }),
];

/** The targets that can run here and are asked for; says on standard error which cannot, and why. */
export async function available(targets, only) {
  const wanted = only === undefined ? targets : targets.filter(({ name }) => only.has(name));
  const found = [];
  for (const target of wanted) {
    const why = await target.missing?.();
    if (why === undefined) found.push(target);
    else console.error(`Left out: ${target.name} (${why}).`);
  }
  return found;
}

/** Our gateway, with the stages that are named switched on. */
function gateway(name, title, { stages = [], ...rest } = {}) {
  const env = { STAGES: stages.join(',') };
  return { name, title, file: 'switchyard-gateway.mjs', env, ...behind, missing: gatewayMissing, ...rest };
}

function nginxMissing() {
  return spawnSync('nginx', ['-v']).status === 0 ? undefined : 'nginx is not installed';
}

async function gatewayMissing() {
  const gateway = await import('@switchyard/gateway').catch(() => ({}));
  return typeof gateway.createGateway === 'function'
    ? undefined
    : 'the package gateway exports no createGateway yet';
}
