import type { GatewayEvent } from '../events.ts';
import type { Plan, ReplicaPlan, ServerPlan } from '../plan/plan.ts';
import type { HealthContext } from './health.ts';
import { Replica } from './replica.ts';

/** What a fleet needs from outside. */
export interface FleetContext {
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (event: GatewayEvent) => void;
}

/**
 * The replicas of every plan in use. A replica that two plans have in common is one object, so that a reload keeps its
 * connections and what is known of its health; it is closed when the last plan that has it is done.
 */
export class Fleet {
  readonly #context: FleetContext;
  readonly #members = new Map<string, Member>();

  constructor(context: FleetContext) {
    this.#context = context;
  }

  /** Takes the replicas of a plan into use, by server name in the plan's order. */
  join(plan: Plan): ReadonlyMap<string, readonly Replica[]> {
    const byServer = new Map<string, readonly Replica[]>();
    for (const server of plan.servers) {
      byServer.set(
        server.name,
        server.replicas.map((replica) => this.#take(server, replica)),
      );
    }
    return byServer;
  }

  /** Lets go of the replicas of a plan; those of no other plan close when their last request is done. */
  async leave(plan: Plan): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const server of plan.servers) {
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

/** Two plans share a replica where everything that shapes its connections and its health is the same. */
function keyOf(server: ServerPlan, replica: ReplicaPlan): string {
  return JSON.stringify([server.name, replica.url, server.timeouts.connectMs, server.health]);
}
