import type { GatewayEvent } from '../../events.ts';
import { Circuit } from './circuit.ts';
import type { ResiliencePlan } from './config.ts';
import { Latency } from './latency.ts';
import { RetryBudget } from './retry-budget.ts';

/** What a guard needs from outside. */
export interface GuardContext {
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (event: GatewayEvent) => void;
}

/** What is known of a server as a whole, whichever replica a request goes to, so that an outage stays small. */
export class ServerGuard {
  readonly budget: RetryBudget;
  readonly circuit: Circuit | undefined;
  readonly #plan: ResiliencePlan;
  readonly #latency: Latency | undefined;

  constructor(server: string, plan: ResiliencePlan, { now, random, log }: GuardContext) {
    this.#plan = plan;
    this.budget = new RetryBudget(plan.retryBudget, now);
    this.#latency = plan.hedge?.percentile === undefined ? undefined : new Latency(plan.hedge.percentile);
    if (plan.circuit === undefined) return;
    this.circuit = new Circuit(plan.circuit, {
      now,
      random,
      changed: (change) => {
        if (change.state === 'opened') log({ type: 'circuit-opened', server, forMs: change.forMs });
        else log({ type: 'circuit-closed', server });
      },
    });
  }

  /** After how many milliseconds without an answer a read goes to a second replica; `undefined` for never. */
  get hedgeAfterMs(): number | undefined {
    const { hedge } = this.#plan;
    return hedge === undefined ? undefined : Math.max(hedge.afterMs, this.#latency?.value ?? 0);
  }

  /** Notes how long a read took to be answered. */
  answeredAfter(ms: number): void {
    this.#latency?.add(ms);
  }
}
