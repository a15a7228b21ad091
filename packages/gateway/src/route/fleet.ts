import type { LookupFunction } from 'node:net';
import type { Secrets } from '../config/secret.ts';
import type { GatewayEvent } from '../events.ts';
import type { Channel } from '../forward/channel/channel.ts';
import type { Credentials } from '../forward/credentials/credentials.ts';
import { ServerGuard } from '../forward/resilience/guard.ts';
import { StdioChannel } from '../forward/stdio/stdio-channel.ts';
import type { Plan, ReplicaPlan, ServerPlan } from '../plan/plan.ts';
import type { HealthContext } from './health.ts';
import { type Materials, readMaterials, type StdioEnvironment } from './materials.ts';
import { Replica } from './replica.ts';
import { guardKeyOf, replicaKeyOf } from './shared-keys.ts';

/** What a fleet needs from outside. */
export interface FleetContext {
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (event: GatewayEvent) => void;
  readonly secrets: Secrets;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** How names of replicas become addresses. @default the system's way */
  readonly lookup?: LookupFunction | undefined;
}

/** What a plan's server has in use. */
export interface Squad {
  readonly plan: ServerPlan;
  readonly replicas: readonly Replica[];
  readonly guard: ServerGuard;
  readonly credentials: Credentials | undefined;
  /** By which `leave` finds its replicas. */
  readonly keys: readonly string[];
  /** By which `leave` finds its guard. */
  readonly guardKey: string;
  /** Other versions of the server. */
  readonly canary: Squad | undefined;
  readonly shadow: Squad | undefined;
}

/**
 * The replicas of every plan in use. A replica that two plans have in common is one object, so that a reload keeps its
 * connections and what is known of its health; it is closed when the last plan that has it is done.
 */
export class Fleet {
  readonly #context: FleetContext;
  readonly #members = new Map<string, Member>();
  /** Those that close once nothing uses them. */
  readonly #leaving = new Set<Replica>();
  readonly #guards = new Map<string, Guarded>();
  /** By server name: what the last plan shows. */
  readonly #shown = new Map<string, { readonly key: string; readonly credentials: Credentials }>();

  constructor(context: FleetContext) {
    this.#context = context;
  }

  /**
   * Takes the servers of a plan into use, in the plan's order. Throws `ConfigError`, and takes nothing, where a file or a
   * secret that they need cannot be read.
   */
  join(plan: Plan): readonly Squad[] {
    const materials = plan.servers.map((server) => readMaterials(server, this.#context));
    return plan.servers.map((server, i) => this.#squad(server, materials[i] ?? {}));
  }

  /** Lets go of the replicas of a plan; those of no other plan close when their last request is done. */
  async leave(squads: readonly Squad[]): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const squad of squads) this.#disband(squad, closing);
    await Promise.all(closing);
  }

  /** Closes every connection now. */
  async destroy(): Promise<void> {
    const replicas = [...this.#leaving, ...[...this.#members.values()].map(({ replica }) => replica)];
    this.#members.clear();
    await Promise.all(replicas.map((replica) => replica.destroy()));
  }

  #disband({ guardKey, keys, canary, shadow }: Squad, closing: Promise<void>[]): void {
    if (canary !== undefined) this.#disband(canary, closing);
    if (shadow !== undefined) this.#disband(shadow, closing);
    this.#unguard(guardKey);
    for (const key of keys) {
      const member = this.#members.get(key);
      if (member === undefined) continue;
      member.plans -= 1;
      if (member.plans > 0) continue;
      this.#members.delete(key);
      closing.push(this.#close(member.replica));
    }
  }

  async #close(replica: Replica): Promise<void> {
    this.#leaving.add(replica);
    await replica.close();
    this.#leaving.delete(replica);
  }

  #squad(server: ServerPlan, materials: Materials): Squad {
    const { credentials } = materials;
    const guardKey = guardKeyOf(server);
    const keys = server.replicas.map((replica) => replicaKeyOf(server, replica, materials));
    return {
      plan: server,
      replicas: server.replicas.map((replica, r) =>
        this.#take(keys[r] ?? '', { server, replica, materials }),
      ),
      guard: this.#guard(guardKey, server),
      credentials: credentials && this.#credentials(server, credentials),
      keys,
      guardKey,
      canary: server.canary && this.#squad(server.canary.server, materials),
      shadow: server.shadow && this.#squad(server.shadow.server, materials),
    };
  }

  #take(key: string, { server, replica: plan, materials }: Wanted): Replica {
    const known = this.#members.get(key);
    if (known !== undefined) {
      known.plans += 1;
      return known.replica;
    }
    const { lookup } = this.#context;
    const health = this.#healthContext(server.name, plan.label);
    const process = this.#process(server, plan, materials.env ?? {});
    const replica = new Replica(plan, server, { health, tls: materials.tls, process, lookup });
    this.#members.set(key, { replica, plans: 1 });
    return replica;
  }

  #process({ name, stdio }: ServerPlan, { label }: ReplicaPlan, env: StdioEnvironment): Channel | undefined {
    const { now, random, log } = this.#context;
    if (stdio === undefined) return undefined;
    return new StdioChannel(stdio, { server: name, replica: label, env, now, random, log });
  }

  /** The credentials of the plan before, with the tokens that they hold, where nothing has changed. */
  #credentials({ name, credentials: plan }: ServerPlan, read: Credentials): Credentials {
    const key = JSON.stringify([plan, read.digest]);
    const known = this.#shown.get(name);
    if (known?.key === key) return known.credentials;
    this.#shown.set(name, { key, credentials: read });
    return read;
  }

  #guard(key: string, server: ServerPlan): ServerGuard {
    const known = this.#guards.get(key);
    if (known !== undefined) {
      known.plans += 1;
      return known.guard;
    }
    const guard = new ServerGuard(server.name, server.resilience, this.#context);
    this.#guards.set(key, { guard, plans: 1 });
    return guard;
  }

  #unguard(key: string): void {
    const known = this.#guards.get(key);
    if (known === undefined) return;
    known.plans -= 1;
    if (known.plans === 0) this.#guards.delete(key);
  }

  #healthContext(server: string, replica: string): HealthContext {
    const { now, random, log } = this.#context;
    return {
      now,
      random,
      changed: (change) => {
        if (change.state === 'ejected')
          log({ type: 'replica-ejected', server, replica, forMs: change.forMs });
        else log({ type: 'replica-returned', server, replica });
      },
    };
  }
}

interface Wanted {
  readonly server: ServerPlan;
  readonly replica: ReplicaPlan;
  readonly materials: Materials;
}

interface Member {
  readonly replica: Replica;
  plans: number;
}

type Guarded = { readonly guard: ServerGuard; plans: number };
