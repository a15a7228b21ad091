import type { LookupFunction } from 'node:net';
import type { Channel } from '../forward/channel/channel.ts';
import { type Channels, openChannels } from '../forward/channel/open.ts';
import type { TlsMaterial } from '../forward/channel/tls.ts';
import type { ReplicaPlan, ServerPlan } from '../plan/plan.ts';
import type { Endings } from './endings.ts';
import { Health, type HealthContext } from './health.ts';
import { Prober } from './prober.ts';

/** What a replica needs beside its plan. */
export interface ReplicaContext {
  readonly health: HealthContext;
  readonly tls: TlsMaterial | undefined;
  /** The process, for a server that is one. */
  readonly process: Channel | undefined;
  readonly lookup: LookupFunction | undefined;
}

/** One instance of a server: its connections, its health and what it is doing. */
export class Replica {
  readonly plan: ReplicaPlan;
  readonly health: Health;
  readonly endings: Endings = { ending: undefined };
  /** Requests in progress here. */
  inFlight = 0;
  /** Requests ever sent here. */
  sent = 0;
  readonly #prober: Prober | undefined;
  readonly #open: () => Channels;
  #channels: Channels | undefined;

  constructor(plan: ReplicaPlan, server: ServerPlan, context: ReplicaContext) {
    this.plan = plan;
    this.health = new Health(server.health, context.health);
    const { tls, process, lookup } = context;
    const { active } = server.health;
    this.#open = () => openChannels(plan, server, { endings: this.endings, tls, process, lookup });
    // A process is there already, and has to be closed with the replica.
    if (process !== undefined) this.#channels = this.#open();
    if (active === undefined) return;
    this.#prober = new Prober(active, {
      channel: this.calls,
      target: plan.target,
      random: context.health.random,
      judged: (verdict) => this.health.settle(verdict, false),
    });
  }

  /** For ordinary requests. Opened with the first one: a plan of a thousand servers is taken into use at once. */
  get calls(): Channel {
    this.#channels ??= this.#open();
    return this.#channels.calls;
  }

  /** For `subscriptions/listen`. */
  get streams(): Channel {
    this.#channels ??= this.#open();
    return this.#channels.streams;
  }

  /** Closes the connections once nothing uses them. */
  async close(): Promise<void> {
    this.#prober?.stop();
    await Promise.all([this.#channels?.calls.close(), this.#channels?.streams.close()]);
  }

  /** Closes the connections now; what uses them fails. */
  async destroy(): Promise<void> {
    this.#prober?.stop();
    await Promise.all([this.#channels?.calls.destroy(), this.#channels?.streams.destroy()]);
  }
}
