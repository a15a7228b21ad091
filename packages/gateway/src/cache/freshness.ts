import type { Result } from '@switchyard/wire';
import { isRefusal, type Refusal } from '../refusal.ts';
import type { Said } from '../surface/said.ts';
import type { CachePlan } from './config.ts';
import type { Entry } from './entry.ts';
import type { Inquiry } from './inquiry.ts';
import { readyResult, resultOf } from './ready-result.ts';

/** An answer out of the cache. */
export interface Hit {
  readonly entry: Entry;
  /** Whether its server still calls it fresh. */
  readonly fresh: boolean;
}

/** For how long answers are of use. Spec: server/utilities/caching#freshness-calculation. */
export class Freshness {
  readonly #plan: CachePlan;
  readonly #clock: () => number;

  constructor(plan: CachePlan, clock: () => number) {
    this.#plan = plan;
    this.#clock = clock;
  }

  /** Milliseconds for which the server calls a result fresh; 0 where it says nothing that can be used. */
  ttlOf(result: Result): number {
    const ttlMs = result['ttlMs'];
    return typeof ttlMs === 'number' && ttlMs > 0 ? Math.floor(Math.min(ttlMs, this.#plan.maxTtlMs)) : 0;
  }

  /** A result to be kept, which has just come. */
  entryOf(result: Result, ttlMs: number, { server, topic }: Inquiry): Entry {
    const { staleWhileRevalidateMs, staleOnErrorMs } = this.#plan;
    return {
      server: server.plan.name,
      topic,
      body: readyResult(result),
      receivedAt: this.#clock(),
      ttlMs,
      keepMs: ttlMs + Math.max(staleWhileRevalidateMs, staleOnErrorMs),
    };
  }

  /** For how many milliseconds an entry is still fresh; what a caller is told, so that time spent here counts. */
  remaining(entry: Entry): number {
    const age = this.#clock() - entry.receivedAt;
    // Where the clock has been put back nobody knows the age.
    return age < 0 ? 0 : Math.max(0, entry.ttlMs - age);
  }

  /** Whether it can be given at once: where stale, a fresh one is to be fetched for whoever asks next. */
  serves(hit: Hit): boolean {
    return hit.fresh || this.#staleMs(hit) < this.#plan.staleWhileRevalidateMs;
  }

  /** Whether it is given where the server fails. */
  bridgesOutage(hit: Hit): boolean {
    return this.#staleMs(hit) < this.#plan.staleOnErrorMs;
  }

  /** The answer as the server would give it now. */
  saidOf({ entry }: Hit): Said {
    const result = { ...resultOf(entry.body), ttlMs: this.remaining(entry) };
    return { kind: 'result', result, notifications: [] };
  }

  #staleMs({ entry }: Hit): number {
    return Math.max(0, this.#clock() - entry.receivedAt - entry.ttlMs);
  }
}

/** Whether the server could not be asked, or failed: not where it has said no. */
export function isOutage(said: Said | Refusal): boolean {
  if (isRefusal(said)) return said.rejection.status >= 500;
  return said.kind === 'error' && said.status >= 500;
}
