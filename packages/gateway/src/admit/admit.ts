import type { GatewayLogger } from '../events.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { refuse } from '../refusal.ts';
import type { Outcome, Stage } from '../stage.ts';
import { type HeldState, holdState, type StateContext } from '../state/hold-state.ts';
import { StateLostError } from '../state/shared-state.ts';
import { refuseShort } from './answer.ts';
import { MemoryMeter } from './memory-meter.ts';
import { CallerKeys, type Charge, Quota, type Shortage } from './quota.ts';
import { SharedMeter } from './shared-meter.ts';

/** Holds requests to their quotas; `undefined` for a plan without any. */
export function admitStage(plan: Plan, context: StateContext): Stage | undefined {
  return plan.quotas.length === 0 ? undefined : new Admit(plan, context);
}

// ---

class Admit implements Stage {
  readonly name = 'admit';
  readonly #quotas: readonly Quota[];
  readonly #memory: MemoryMeter;
  readonly #state: HeldState;
  /** `undefined` where each instance counts by itself. */
  readonly #shared: SharedMeter | undefined;
  readonly #log: GatewayLogger;

  constructor(plan: Plan, context: StateContext) {
    const parts = { callers: new CallerKeys(), members: plan.federation?.members ?? [] };
    this.#quotas = plan.quotas.map((quota) => new Quota(quota, parts));
    this.#log = context.log;
    this.#state = holdState(plan.state, context);
    this.#memory = new MemoryMeter(this.#quotas, context);
    const { scripts } = this.#state.state;
    const leaseMs = plan.state?.leaseMs;
    this.#shared =
      scripts === undefined || leaseMs === undefined
        ? undefined
        : new SharedMeter({ scripts, leaseMs, now: context.now });
  }

  enter(exchange: Exchange): Outcome | Promise<Outcome> {
    const charges: Charge[] = [];
    for (const quota of this.#quotas) {
      const key = quota.keyOf(exchange);
      if (key !== undefined) charges.push({ quota, key });
    }
    if (charges.length === 0) return undefined;
    return this.#shared === undefined
      ? this.#inMemory(exchange, charges)
      : this.#inStore(exchange, charges, this.#shared);
  }

  async close(): Promise<void> {
    this.#shared?.close();
    await Promise.all([this.#memory.close(), this.#state.release()]);
  }

  #inMemory(exchange: Exchange, charges: readonly Charge[]): Outcome {
    const short = this.#memory.admit(charges);
    if (short !== undefined) return this.#refused(exchange, short);
    if (charges.some(({ quota }) => quota.plan.concurrent !== undefined))
      exchange.onEnd(() => this.#memory.giveBack(charges));
    return undefined;
  }

  async #inStore(exchange: Exchange, charges: readonly Charge[], meter: SharedMeter): Promise<Outcome> {
    try {
      const verdict = await meter.admit(charges);
      if (verdict.short !== undefined) return this.#refused(exchange, verdict.short);
      const { lease } = verdict;
      if (lease === undefined) return undefined;
      if (exchange.ended) meter.giveBack(lease);
      else exchange.onEnd(() => meter.giveBack(lease));
      return undefined;
    } catch (error) {
      if (!(error instanceof StateLostError)) throw error;
      return exchange.ended ? undefined : this.#withoutStore(exchange, charges);
    }
  }

  /** Counted here alone, where the plan lets requests in without the store. */
  #withoutStore(exchange: Exchange, charges: readonly Charge[]): Outcome {
    const denying = charges.find(({ quota }) => quota.plan.onStateLoss === 'deny');
    if (denying !== undefined) {
      const rule = denying.quota.plan.name;
      exchange.note({ stage: this.name, decision: 'denied', rule, detail: 'shared state is lost' });
      return refuse('quota-unavailable');
    }
    for (const { quota } of charges) {
      const rule = quota.plan.name;
      exchange.note({
        stage: this.name,
        decision: 'flagged',
        rule,
        detail: 'counted by this instance alone',
      });
      this.#log({ type: 'quota-unshared', quota: rule });
    }
    return this.#inMemory(exchange, charges);
  }

  #refused(exchange: Exchange, short: Shortage): Outcome {
    const { kind, quota } = short;
    exchange.note({ stage: this.name, decision: 'denied', rule: quota.name, detail: kind });
    return refuseShort(short);
  }
}
