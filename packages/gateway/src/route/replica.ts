import { Pool } from 'undici';
import type { ReplicaPlan, ServerPlan } from '../plan/plan.ts';
import { connectNoting, type Endings } from './endings.ts';
import { Health, type HealthContext } from './health.ts';

/** One instance of a server: its connections, its health and what it is doing. */
export class Replica {
  readonly plan: ReplicaPlan;
  readonly health: Health;
  /** For ordinary requests. */
  readonly calls: Pool;
  /** For `subscriptions/listen`: a pool looks through its busy connections, and streams are busy for hours. */
  readonly streams: Pool;
  readonly endings: Endings = { ending: undefined };
  /** Requests in progress here. */
  inFlight = 0;
  /** Requests ever sent here. */
  sent = 0;

  constructor(plan: ReplicaPlan, server: ServerPlan, health: HealthContext) {
    this.plan = plan;
    this.health = new Health(server.health, health);
    const options = { pipelining: 1, connect: connectNoting(this.endings, server.timeouts.connectMs) };
    this.calls = new Pool(plan.origin, options);
    this.streams = new Pool(plan.origin, options);
  }

  /** Closes the connections once nothing uses them. */
  async close(): Promise<void> {
    await Promise.all([this.calls.close(), this.streams.close()]);
  }

  /** Closes the connections now; what uses them fails. */
  async destroy(): Promise<void> {
    await Promise.all([this.calls.destroy(), this.streams.destroy()]);
  }
}
