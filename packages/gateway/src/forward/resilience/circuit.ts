import type { Verdict } from '../../route/health.ts';
import type { CircuitPlan } from './config.ts';
import { RollingPair } from './rolling.ts';

/** What a circuit needs from outside. */
export interface CircuitContext {
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of every change. */
  readonly changed: (change: CircuitChange) => void;
}

/** A circuit opened or closed. */
export type CircuitChange =
  | { readonly state: 'opened'; readonly forMs: number }
  | { readonly state: 'closed' };

/** What a request may do: go on, go on as the one trial, or not be sent. */
export type Passage = 'free' | 'trial' | 'barred';

const JITTER = 0.1;

/**
 * The circuit breaker of one server. Closed, it counts how attempts go; where too many of a window fail it opens, and
 * requests are refused at once, without waiting for a server that is down. After its time one request at a time tries: a
 * good end closes it, a bad one opens it again.
 */
export class Circuit {
  readonly #plan: CircuitPlan;
  readonly #context: CircuitContext;
  /** Attempts, and those of them that failed. */
  readonly #counts: RollingPair;
  #openUntil: number | undefined;
  #trial = false;

  constructor(plan: CircuitPlan, context: CircuitContext) {
    this.#plan = plan;
    this.#context = context;
    this.#counts = new RollingPair(plan.windowMs, context.now);
  }

  /** Whether requests are refused. */
  get open(): boolean {
    return this.#openUntil !== undefined;
  }

  /** Milliseconds until the next trial; 0 where it may be made. */
  get waitMs(): number {
    return this.#openUntil === undefined ? 0 : Math.max(0, this.#openUntil - this.#context.now());
  }

  /** A request wants to go. A `trial` is to be given back with the verdict. */
  pass(): Passage {
    if (this.#openUntil === undefined) return 'free';
    if (this.#trial || this.waitMs > 0) return 'barred';
    this.#trial = true;
    return 'trial';
  }

  /** Notes how an attempt went. What was sent before the circuit opened does not change an open circuit. */
  settle(verdict: Verdict, trial: boolean): void {
    if (trial) this.#settleTrial(verdict);
    else if (this.#openUntil === undefined) this.#count(verdict);
  }

  #settleTrial(verdict: Verdict): void {
    this.#trial = false;
    if (verdict === 'bad') this.#openUp();
    if (verdict !== 'good') return;
    this.#openUntil = undefined;
    this.#counts.clear();
    this.#context.changed({ state: 'closed' });
  }

  #count(verdict: Verdict): void {
    if (verdict === 'unknown') return;
    this.#counts.addFirst();
    if (verdict === 'good') return;
    this.#counts.addSecond();
    const total = this.#counts.first;
    if (total >= this.#plan.requests && this.#counts.second * 100 >= this.#plan.errors * total)
      this.#openUp();
  }

  #openUp(): void {
    const forMs = Math.round(this.#plan.openMs * (1 + JITTER * this.#context.random()));
    this.#openUntil = this.#context.now() + forMs;
    this.#context.changed({ state: 'opened', forMs });
  }
}
