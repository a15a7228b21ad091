import { compileAdmin } from '../admin/compile.ts';
import { compileQuotas } from '../admit/compile.ts';
import { compilePolicy } from '../authorise/config.ts';
import { compileCache, compileCachedServer } from '../cache/config.ts';
import type {
  ActiveHealthConfig,
  GatewayConfig,
  HealthConfig,
  ServerConfig,
  TimeoutsConfig,
} from '../config/config.ts';
import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { atOnce, type Steps } from '../config/steps.ts';
import { durationMs } from '../config/units.ts';
import { compileFederation } from '../federate/compile.ts';
import { compileChannel } from '../forward/channel/config.ts';
import { compileCredentials } from '../forward/credentials/config.ts';
import { compileResilience } from '../forward/resilience/config.ts';
import { compileStdio } from '../forward/stdio/config.ts';
import { compileIdentify } from '../identify/compile.ts';
import { compileIntegrity } from '../integrity/config.ts';
import { compileListen, publicHost } from '../listen/compile.ts';
import { compileAudit } from '../record/config.ts';
import { variantOf } from '../route/variants/compile.ts';
import { compileState } from '../state/config.ts';
import { compileStore } from '../store/config.ts';
import { positive } from './bounds.ts';
import { compileLimits } from './compile-limits.ts';
import { isLoopbackHost, LOOPBACK_HOSTS } from './loopback.ts';
import type { ActiveHealthPlan, HealthPlan, Plan, ServerPlan, TimeoutsPlan } from './plan.ts';
import { compileReplica, replicasOf } from './replicas.ts';

/** A plan, or what in the configuration contradicts itself. */
export type Compiled =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Makes the plan of a configuration that already has the right shape (see `validateConfig`). */
export function compilePlan(config: GatewayConfig): Compiled {
  return atOnce(compileSteps(config));
}

/** The same, to be done in slices. */
export function* compileSteps(config: GatewayConfig): Steps<Compiled> {
  const problems: ConfigProblem[] = [];
  const listen = compileListen(config, problems);
  const servers: ServerPlan[] = [];
  for (const [name, server] of Object.entries(config.servers)) {
    servers.push(compileServer(name, server, problems));
    yield;
  }
  checkPaths(servers, config, problems);
  const limits = compileLimits(config.limits ?? {}, problems);
  const federation = compileFederation(config, problems);
  checkFederationPath(federation?.path, servers, problems);
  const cache = compileCache(config.cache, config.state !== undefined, problems);
  const state = compileState(config.state, problems);
  const identify = compileIdentify(config, problems);
  const quotas = compileQuotas(config, problems);
  const policy = config.policy === undefined ? undefined : compilePolicy(config.policy, problems);
  const store = compileStore(config.store, problems);
  const audit = compileAudit(config, problems);
  const admin = compileAdmin(config.admin, problems);
  if (problems.length > 0) return { ok: false, problems };
  const loopback = isLoopbackHost(listen.host);
  const hosts = config.allowedHosts?.map((host) => host.toLowerCase()) ?? defaultHosts(config, loopback);
  const plan: Plan = {
    listen,
    // With the port too, as it mostly stands in `Host`: so it is found at once.
    hosts: hosts.includes('*')
      ? undefined
      : new Set([...hosts, ...hosts.map((host) => `${host}:${listen.port}`)]),
    origins: new Set(config.allowedOrigins?.map((origin) => origin.toLowerCase()) ?? []),
    loopbackOrigins: loopback && config.allowedOrigins === undefined,
    forwarded: config.forwarded ?? 'replace',
    limits,
    cache,
    drainMs: durationMs(config.drain ?? '10s'),
    servers,
    federation,
    state,
    identify,
    quotas,
    policy,
    integrity: config.integrity === undefined ? undefined : compileIntegrity(config.integrity),
    store,
    audit,
    admin,
  };
  return { ok: true, plan: Object.freeze(plan) };
}

// ---

function defaultHosts(config: GatewayConfig, loopback: boolean): readonly string[] {
  const own = publicHost(config);
  return [...(own === undefined ? [] : [own]), ...(loopback ? LOOPBACK_HOSTS : [])];
}

function checkPaths(servers: readonly ServerPlan[], config: GatewayConfig, problems: ConfigProblem[]): void {
  const owners = new Map<string, string>();
  for (const { name, path } of servers) {
    const owner = owners.get(path);
    owners.set(path, owner ?? name);
    if (owner === undefined) continue;
    const at: ConfigPath = ['servers', name, ...(config.servers[name]?.path === undefined ? [] : ['path'])];
    problems.push({
      path: at,
      message: `${formatPath(['servers', name])} has the path "${path}", which server "${owner}" already has`,
    });
  }
}

function checkFederationPath(
  path: string | undefined,
  servers: readonly ServerPlan[],
  problems: ConfigProblem[],
): void {
  const owner = servers.find((server) => server.path === path);
  if (path === undefined || owner === undefined) return;
  const at: ConfigPath = ['federation', 'path'];
  problems.push({
    path: at,
    message: `${formatPath(at)} is "${path}", which server "${owner.name}" already has`,
  });
}

function compileServer(name: string, server: ServerConfig, problems: ConfigProblem[]): ServerPlan {
  const at: ConfigPath = ['servers', name];
  const plan: ServerPlan = {
    name,
    labels: server.labels ?? {},
    path: server.path ?? `/servers/${name}/mcp`,
    replicas: replicasOf(name, server, problems),
    stdio: compileStdio(server, at, problems),
    balance: server.balance ?? 'round-robin',
    retries: server.retries ?? 2,
    authorization: server.authorization ?? 'drop',
    resource: server.resource,
    scopes: server.scopes,
    health: compileHealth(server.health ?? {}, [...at, 'health'], problems),
    timeouts: compileTimeouts(server.timeouts ?? {}, [...at, 'timeouts'], problems),
    resilience: compileResilience(server, at, problems),
    channel: compileChannel(server, at, problems),
    credentials: compileCredentials(server, at, problems),
    cache: compileCachedServer(server),
    canary: undefined,
    shadow: undefined,
  };
  const variant = (kind: 'canary' | 'shadow') => {
    const config = server[kind];
    if (config === undefined) return undefined;
    const urls: ConfigPath = [...at, kind, 'replicas'];
    const replicas = config.replicas.map((url, i) => compileReplica(url, [...urls, i], problems));
    return variantOf(plan, kind, { config, replicas });
  };
  return { ...plan, canary: variant('canary'), shadow: variant('shadow') };
}

function compileHealth(health: HealthConfig, at: ConfigPath, problems: ConfigProblem[]): HealthPlan {
  const active = compileActive(health.active, [...at, 'active'], problems);
  const plan = {
    failures: health.failures ?? 3,
    ejectMs: positive(health.eject ?? '2s', [...at, 'eject'], problems),
    maxEjectMs: durationMs(health.maxEject ?? '30s'),
    ...(active === undefined ? {} : { active }),
  };
  if (health.maxEject === undefined) return { ...plan, maxEjectMs: Math.max(plan.maxEjectMs, plan.ejectMs) };
  if (plan.maxEjectMs < plan.ejectMs) {
    const key = [...at, 'maxEject'];
    problems.push({ path: key, message: `${formatPath(key)} is shorter than eject` });
  }
  return plan;
}

function compileActive(
  active: ActiveHealthConfig | undefined,
  at: ConfigPath,
  problems: ConfigProblem[],
): ActiveHealthPlan | undefined {
  if (active === undefined) return undefined;
  const { interval = '10s', timeout = '2s', path } = active;
  return {
    intervalMs: positive(interval, [...at, 'interval'], problems),
    timeoutMs: positive(timeout, [...at, 'timeout'], problems),
    path,
  };
}

function compileTimeouts(timeouts: TimeoutsConfig, at: ConfigPath, problems: ConfigProblem[]): TimeoutsPlan {
  return {
    connectMs: positive(timeouts.connect ?? '1s', [...at, 'connect'], problems),
    headersMs: positive(timeouts.headers ?? '5m', [...at, 'headers'], problems),
    idleMs: positive(timeouts.idle ?? '5m', [...at, 'idle'], problems),
    totalMs: positive(timeouts.total ?? '1h', [...at, 'total'], problems),
  };
}
