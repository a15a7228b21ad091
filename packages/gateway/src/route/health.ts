import type { HealthPlan } from '../plan/plan.ts';

/** What health needs from outside. */
export interface HealthContext {
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of every change between in and out. */
  readonly changed: (change: HealthChange) => void;
}

/** A replica was left out, or taken back. */
export type HealthChange =
  | { readonly state: 'ejected'; readonly forMs: number }
  | { readonly state: 'returned' };

/** What a replica is good for at the moment. */
export type HealthState = 'in' | 'trial' | 'out';

/** What an attempt says of the replica's health; `unknown` where the caller left before anything could be learnt. */
export type Verdict = 'good' | 'bad' | 'unknown';

const JITTER = 0.1;

/**
 * Passive health of one replica. It is in until `failures` bad attempts in a row put it out. After the ejection time one
 * request at a time tries it: good brings it back, bad puts it out for twice as long, up to `maxEject`.
 */
export class Health {
  readonly #plan: HealthPlan;
  readonly #context: HealthContext;
  #failures = 0;
  #ejectedUntil: number | undefined;
  #ejectMs = 0;
  #trial = false;

  constructor(plan: HealthPlan, context: HealthContext) {
    this.#plan = plan;
    this.#context = context;
  }

  /** Bad attempts in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Whether the next request may go here: `trial` admits one and no more until its verdict is in. */
  get state(): HealthState {
    if (this.#ejectedUntil === undefined) return 'in';
    // Where the gateway asks by itself no caller's request has to try.
    if (this.#plan.active !== undefined) return 'out';
    return !this.#trial && this.#context.now() >= this.#ejectedUntil ? 'trial' : 'out';
  }

  /** Notes that an attempt begins; `true` if it is the trial of an ejected replica, to be given back with the verdict. */
  begin(): boolean {
    if (this.#ejectedUntil === undefined || this.state !== 'trial') return false;
    this.#trial = true;
    return true;
  }

  /** Notes how an attempt went. Attempts that began before an ejection do not lengthen it. */
  settle(verdict: Verdict, trial: boolean): void {
    if (trial) this.#trial = false;
    if (verdict === 'good') this.#good();
    else if (verdict === 'bad') this.#bad(trial);
  }

  #good(): void {
    this.#failures = 0;
    if (this.#ejectedUntil === undefined) return;
    this.#ejectedUntil = undefined;
    this.#ejectMs = 0;
    this.#context.changed({ state: 'returned' });
  }

  #bad(trial: boolean): void {
    this.#failures += 1;
    const out = this.#ejectedUntil !== undefined;
    if (out ? !trial : this.#failures < this.#plan.failures) return;
    const { ejectMs, maxEjectMs } = this.#plan;
    this.#ejectMs = out ? Math.min(this.#ejectMs * 2, maxEjectMs) : ejectMs;
    const forMs = Math.round(this.#ejectMs * (1 + JITTER * this.#context.random()));
    this.#ejectedUntil = this.#context.now() + forMs;
    this.#context.changed({ state: 'ejected', forMs });
  }
}
