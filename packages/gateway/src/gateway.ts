import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { QUIET_MS, quiet, stopListening } from '@switchyard/server/node';
import { Admin } from './admin/admin.ts';
import type { Operated } from './admin/operated.ts';
import type { GatewayConfig } from './config/config.ts';
import { planOf } from './config/parse.ts';
import { ConfigError } from './config/problem.ts';
import { secretsFrom } from './config/secret.ts';
import { inTurn } from './config/steps.ts';
import type { DeployContext } from './deploy-context.ts';
import { type Deployment, deploy } from './deployment.ts';
import type { GatewayLogger } from './events.ts';
import type { Exchange } from './exchange.ts';
import type { ForwardContext } from './forward/forwarding.ts';
import { Watchdog } from './forward/watchdog.ts';
import type { CloseOptions, Gateway, GatewayOptions } from './gateway-types.ts';
import { type Counters, type RequestHandler, type RequestHandlers, requestHandlers } from './handle.ts';
import { readTls, type TlsMaterial } from './listen/tls-material.ts';
import { applyLimits, applyTls, bind, createListener, type Listener, type Listening } from './listener.ts';
import { Metrics } from './metrics/metrics.ts';
import { Overdue } from './overdue.ts';
import type { Plan } from './plan/plan.ts';
import { restartNeeded } from './plan/restart-needed.ts';
import { Resources } from './resources.ts';
import { Roster } from './roster.ts';
import { Fleet } from './route/fleet.ts';
import { type GatewayStats, statsOf } from './stats.ts';

/**
 * Makes a gateway from a configuration or a plan (see `loadConfig`). Nothing listens yet.
 * Throws `ConfigError` for a configuration that cannot be used.
 */
export function createGateway(config: GatewayConfig | Plan, options: GatewayOptions = {}): Gateway {
  return new HttpGateway(toPlan(config), options);
}

// ---

function toPlan(config: GatewayConfig | Plan): Plan {
  return 'drainMs' in config ? config : planOf(config);
}

class HttpGateway implements Gateway {
  readonly #handlers: RequestHandlers;
  readonly #log: GatewayLogger;
  readonly #fleet: Fleet;
  readonly #resources = new Resources();
  readonly #deploying: DeployContext;
  readonly #exchanges = new Roster<Exchange>();
  readonly #counters: Counters = { accepted: 0, refused: 0 };
  readonly #admin: Admin | undefined;
  readonly #metrics: Metrics;
  #deployment: Deployment;
  #leaving = false;
  #server: Listener | undefined;
  #closing: Promise<{ cut: number }> | undefined;
  #refusing = false;
  #cut = 0;
  #whenIdle: (() => void) | undefined;

  constructor(plan: Plan, options: GatewayOptions) {
    const { random = Math.random, logger: log = () => {}, clock = Date.now, env = process.env } = options;
    const now = options.now ?? (() => performance.now());
    const forwarding: ForwardContext = { now, random, watchdog: new Watchdog(now), log };
    this.#log = log;
    const secrets = secretsFrom({ env, log });
    this.#fleet = new Fleet({ now, random, log, secrets, clock, lookup: options.lookup });
    const pseudonym = `switchyard-${randomBytes(6).toString('hex')}`;
    this.#metrics = new Metrics({ now });
    this.#deploying = {
      ...{ now, clock, random, log, forwarding, pseudonym },
      fleet: this.#fleet,
      secrets,
      resources: this.#resources,
      metrics: plan.admin === undefined ? undefined : this.#metrics,
    };
    this.#admin = plan.admin && new Admin(plan.admin, this.#operated(options.reread), this.#deploying);
    this.#deployment = deploy(plan, this.#deploying);
    this.#resources.hold('overdue', () => new Overdue(this.#exchanges, clock));
    this.#handlers = requestHandlers({
      pseudonym,
      forwarding,
      log,
      current: () => this.#deployment,
      draining: () => this.#closing !== undefined,
      refusing: () => this.#refusing,
      exchanges: this.#exchanges,
      counters: this.#counters,
      ended: () => this.#ended(),
    });
  }

  get handler(): RequestHandler {
    return this.#handlers.request;
  }

  get ready(): boolean {
    return this.#closing === undefined;
  }

  async listen(): Promise<Listening> {
    if (!this.ready) throw new TypeError('the gateway is closed');
    if (this.#server !== undefined) throw new TypeError('the gateway is listening already');
    const { plan } = this.#deployment.live;
    this.#server = createListener(plan, { handlers: this.#handlers, tls: this.#tlsOf(plan) });
    const listening = await bind(this.#server, plan.listen).catch((error: unknown) => {
      this.#server = undefined;
      throw error;
    });
    this.#log({ type: 'listening', url: listening.url, servers: plan.servers.length });
    if (this.#admin === undefined) return listening;
    return { ...listening, admin: await this.#admin.listen() };
  }

  reload(config: GatewayConfig | Plan): void {
    if (!this.ready) throw new TypeError('the gateway is closed');
    const plan = toPlan(config);
    const before = this.#deployment;
    const problems = this.#server === undefined ? [] : restartNeeded(before.live.plan, plan);
    if (problems.length > 0) throw new ConfigError(problems);
    const tls = this.#tlsOf(plan);
    const admin = plan.admin && this.#admin?.read(plan.admin);
    this.#deployment = deploy(plan, this.#deploying);
    if (admin !== undefined) this.#admin?.use(admin);
    if (this.#server !== undefined) {
      applyLimits(this.#server, plan.limits);
      applyTls(this.#server, tls);
    }
    before.live.retire();
    this.#log({ type: 'reloaded', servers: plan.servers.length });
  }

  close(options: CloseOptions = {}): Promise<{ cut: number }> {
    const timeoutMs = options.timeoutMs ?? this.#deployment.live.plan.drainMs;
    const timer = setTimeout(() => this.#cutAll(), timeoutMs);
    this.#closing ??= this.#drain(Math.min(QUIET_MS, timeoutMs));
    return this.#closing.finally(() => clearTimeout(timer));
  }

  stats(): GatewayStats {
    return statsOf(this.#deployment, this.#exchanges.size, this.#counters);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #operated(reread: GatewayOptions['reread']): Operated {
    return {
      deployment: () => this.#deployment,
      stats: () => this.stats(),
      ready: () => this.ready && !this.#leaving,
      leave: () => {
        this.#leaving = true;
      },
      reload: reread && inTurn(async () => this.reload(await reread())),
      metrics: this.#metrics,
    };
  }

  #tlsOf({ listen: { tls } }: Plan): TlsMaterial | undefined {
    return tls && readTls(tls, ['listen', 'tls'], this.#deploying.secrets);
  }

  async #drain(quietMs: number): Promise<{ cut: number }> {
    const server = this.#server;
    this.#log({ type: 'draining', inFlight: this.#exchanges.size });
    const closed = server?.listening === true ? stopListening(server) : undefined;
    for (const exchange of this.#exchanges.list()) exchange.endListen();
    if (closed !== undefined) await quiet(closed, quietMs);
    this.#refusing = true;
    // Those that have come meanwhile, on connections that were open.
    for (const exchange of this.#exchanges.list()) exchange.endListen();
    server?.closeIdleConnections();
    if (this.#exchanges.size > 0)
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    await closed;
    this.#deployment.live.retire();
    await this.#fleet.destroy();
    await this.#resources.close();
    await this.#admin?.close();
    this.#log({ type: 'closed', cut: this.#cut });
    return { cut: this.#cut };
  }

  #cutAll(): void {
    this.#cut += this.#exchanges.size;
    for (const exchange of this.#exchanges.list()) exchange.cut();
    this.#server?.closeAllConnections();
  }

  #ended(): void {
    if (!this.#refusing) return;
    this.#server?.closeIdleConnections();
    if (this.#exchanges.size === 0) this.#whenIdle?.();
  }
}
