import type { GatewayEvent } from '../events.ts';
import { ServerGuard } from '../forward/resilience/guard.ts';
import type { Plan, ReplicaPlan, ServerPlan } from '../plan/plan.ts';
import type { HealthContext } from './health.ts';
import { Replica } from './replica.ts';

/** What a fleet needs from outside. */
export interface FleetContext {
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (event: GatewayEvent) => void;
}

/** What a plan's server has in use. */
export interface Squad {
  readonly plan: ServerPlan;
  readonly replicas: readonly Replica[];
  readonly guard: ServerGuard;
}

/**
 * The replicas of every plan in use. A replica that two plans have in common is one object, so that a reload keeps its
 * connections and what is known of its health; it is closed when the last plan that has it is done.
 */
export class Fleet {
  readonly #context: FleetContext;
  readonly #members = new Map<string, Member>();
  readonly #guards = new Map<string, Guarded>();

  constructor(context: FleetContext) {
    this.#context = context;
  }

  /** Takes the servers of a plan into use, in the plan's order. */
  join(plan: Plan): readonly Squad[] {
    return plan.servers.map((server) => ({
      plan: server,
      replicas: server.replicas.map((replica) => this.#take(server, replica)),
      guard: this.#guard(server),
    }));
  }

  /** Lets go of the replicas of a plan; those of no other plan close when their last request is done. */
  async leave(plan: Plan): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const server of plan.servers) {
      this.#unguard(server);
      for (const replica of server.replicas) {
        const key = keyOf(server, replica);
        const member = this.#members.get(key);
        if (member === undefined) continue;
        member.plans -= 1;
        if (member.plans > 0) continue;
        this.#members.delete(key);
        closing.push(member.replica.close());
      }
    }
    await Promise.all(closing);
  }

  /** Closes every connection now. */
  async destroy(): Promise<void> {
    const members = [...this.#members.values()];
    this.#members.clear();
    await Promise.all(members.map((member) => member.replica.destroy()));
  }

  #take(server: ServerPlan, plan: ReplicaPlan): Replica {
    const key = keyOf(server, plan);
    const known = this.#members.get(key);
    if (known !== undefined) {
      known.plans += 1;
      return known.replica;
    }
    const replica = new Replica(plan, server, this.#healthContext(server.name, plan.label));
    this.#members.set(key, { replica, plans: 1 });
    return replica;
  }

  #guard(server: ServerPlan): ServerGuard {
    const key = guardKey(server);
    const known = this.#guards.get(key);
    if (known !== undefined) {
      known.plans += 1;
      return known.guard;
    }
    const guard = new ServerGuard(server.name, server.resilience, this.#context);
    this.#guards.set(key, { guard, plans: 1 });
    return guard;
  }

  #unguard(server: ServerPlan): void {
    const key = guardKey(server);
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

interface Member {
  readonly replica: Replica;
  plans: number;
}

interface Guarded {
  readonly guard: ServerGuard;
  plans: number;
}

/** Two plans share what is known of a server where it is judged by the same rules. */
function guardKey({ name, resilience }: ServerPlan): string {
  return JSON.stringify([name, resilience]);
}

/** Two plans share a replica where everything that shapes its connections and its health is the same. */
function keyOf(server: ServerPlan, replica: ReplicaPlan): string {
  return JSON.stringify([server.name, replica.url, server.timeouts.connectMs, server.health]);
}
