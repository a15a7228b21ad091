import { ConfigError, loadConfig, type ParsedConfig, type Plan } from '@switchyard/gateway';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** Says whether a configuration can be used. Throws `Failure` naming file, line, column and key of every problem. */
export async function runValidate(file: string, terminal: Terminal): Promise<void> {
  const { plan } = await load(file);
  const { servers } = plan;
  terminal.print(`${file}: ${servers.length} server${servers.length === 1 ? '' : 's'}, nothing wrong`);
}

/** Says in words what a gateway does with this configuration. Throws `Failure` as `runValidate` does. */
export async function runExplain(file: string, terminal: Terminal): Promise<void> {
  const { plan } = await load(file);
  for (const line of explain(plan)) terminal.print(line);
}

// ---

async function load(file: string): Promise<ParsedConfig> {
  return loadConfig(file).catch((error: unknown) => {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  });
}

function* explain(plan: Plan): Generator<string> {
  const { listen, hosts, origins, servers, limits } = plan;
  const scheme = listen.tls === undefined ? 'http' : 'https';
  yield `Listens at ${scheme}://${listen.host}:${listen.port}, for the hosts ${hosts === undefined ? 'of any name' : [...hosts].join(', ')}.`;
  yield `Pages that may call: ${origins.size > 0 ? [...origins].join(', ') : plan.loopbackOrigins ? 'those of this machine' : 'none'}.`;
  yield `A request body has at most ${size(limits.bodyBytes)}; ${limits.inFlight} requests at once; ${plan.drainMs / 1000} s to finish when it closes.`;
  yield plan.identify === undefined ? 'Nobody is asked who he is.' : 'Callers are asked who they are.';
  yield plan.policy === undefined ? 'Whoever gets in may use everything.' : 'A policy says who may do what.';
  yield plan.state === undefined
    ? 'Quotas and caches are kept by each instance for itself.'
    : 'Quotas and caches are shared by all instances.';
  if (plan.quotas.length > 0) yield `Quotas: ${plan.quotas.map(({ name }) => name).join(', ')}.`;
  if (plan.integrity !== undefined) yield 'Definitions that change are held against their pins.';
  if (plan.cache !== undefined)
    yield 'Discovery, lists and reads are answered from the cache while they are fresh.';
  yield* records(plan);
  yield plan.admin === undefined
    ? 'There is no admin port.'
    : `The admin port is ${plan.admin.tls === undefined ? 'http' : 'https'}://${plan.admin.host}:${plan.admin.port}.`;
  if (plan.federation !== undefined) {
    const { path, members } = plan.federation;
    yield `${path} is the federation of ${members.map(({ server }) => server).join(', ')}.`;
  }
  for (const { name, path, replicas, balance, retries } of servers) {
    const where = replicas.map(({ label }) => label).join(', ');
    yield `${path} is ${name}: ${where} (${balance}, ${retries} retries).`;
  }
}

function size(bytes: number): string {
  const [unit, name] = bytes % MIB === 0 ? [MIB, 'MiB'] : [KIB, 'KiB'];
  return bytes % unit === 0 ? `${bytes / unit} ${name}` : `${bytes} bytes`;
}

const KIB = 1024;
const MIB = KIB * KIB;

function* records({ store, audit }: Plan): Generator<string> {
  if (store === undefined) yield 'Nothing is kept beyond the life of the process.';
  else
    yield `What must not be lost is kept in ${store.kind === 'sqlite' ? `the file ${store.file}` : 'PostgreSQL'}.`;
  if (audit === undefined) yield 'Nothing is put on record.';
  else {
    const signed = audit.checkpoint.key === undefined ? 'nothing signs it' : 'checkpoints are signed';
    const loss = audit.onLoss === 'deny' ? 'requests are refused' : 'requests go on';
    yield `Every request is put on record as ${audit.instance} (contents: ${audit.contents}); ${signed}; while it cannot be written, ${loss}.`;
  }
}
