import type { RetryBudgetPlan } from './config.ts';
import { RollingPair } from './rolling.ts';

/**
 * How many requests of one server may be sent twice: a share of what callers sent within the window. In an outage, when
 * every request fails, the server gets that share more and not a multiple.
 */
export class RetryBudget {
  readonly #plan: RetryBudgetPlan;
  /** Requests of callers, and what was sent beyond them. */
  readonly #counts: RollingPair;

  constructor(plan: RetryBudgetPlan, now: () => number) {
    this.#plan = plan;
    this.#counts = new RollingPair(plan.windowMs, now);
  }

  /** A caller's request begins. */
  request(): void {
    this.#counts.addFirst();
  }

  /** Takes one sending out of the budget; `false` where nothing is left. */
  take(): boolean {
    const most = Math.max(this.#plan.least, (this.#plan.percent * this.#counts.first) / 100);
    if (this.#counts.second + 1 > most) return false;
    this.#counts.addSecond();
    return true;
  }
}
