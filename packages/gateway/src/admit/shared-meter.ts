import { hash, randomBytes } from 'node:crypto';
import type { Scripts } from '../state/shared-state.ts';
import { Generations } from './generations.ts';
import { Lease, Leases } from './leases.ts';
import type { Charge, Shortage } from './quota.ts';
import { CHARGE } from './scripts.ts';

/** What a shared meter is made of. */
export interface SharedMeterOptions {
  readonly scripts: Scripts;
  readonly leaseMs: number;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
}

/** What the store has said: short, or charged, with the lease of the places that were taken. */
export type SharedVerdict =
  | { readonly short: Shortage }
  | { readonly short: undefined; readonly lease: Lease | undefined };

const MOST_REFUSALS = 10_000;

/**
 * Counts in the store that all instances share: one question for a request, whatever the number of quotas. A refusal is
 * remembered until it ends, for nothing that others do can end it sooner: who is over the limit is no load on the store.
 */
export class SharedMeter {
  readonly #options: SharedMeterOptions;
  readonly #leases: Leases;
  readonly #refused = new Generations(MOST_REFUSALS);
  readonly #instance = randomBytes(9).toString('base64url');
  #count = 0;

  constructor(options: SharedMeterOptions) {
    this.#options = options;
    this.#leases = new Leases(options.scripts, options.leaseMs);
  }

  /** Charges every quota, or none. Rejects with `StateLostError` where the store cannot be asked. */
  async admit(charges: readonly Charge[]): Promise<SharedVerdict> {
    const question = this.#question(charges);
    const short = this.#remembered(question);
    if (short !== undefined) return { short };
    const { scripts, now } = this.#options;
    const asked = now();
    const [worst, waitMs] = numbers(await scripts.run(CHARGE, question.keys, question.args));
    const limit = question.limits[worst - 1];
    if (limit === undefined) return { short: undefined, lease: this.#leased(question) };
    if (limit.kind === 'rate') this.#refused.set(question.keys[worst - 1] ?? '', asked + waitMs);
    return { short: { ...limit, waitMs } };
  }

  /** Gives back the places of a lease. */
  giveBack(lease: Lease): void {
    this.#leases.end(lease);
  }

  close(): void {
    this.#leases.close();
  }

  #question(charges: readonly Charge[]): Question {
    const question: Question = { id: `${this.#instance}:${this.#count++}`, keys: [], args: [], limits: [] };
    for (const { quota, key } of charges) {
      const { plan } = quota;
      const { name, rate, concurrent } = plan;
      // Whoever reads the store learns no names of callers, and a long value is a short key.
      const digest = hash('sha256', key, 'base64url');
      if (rate !== undefined) {
        const intervalUs = (rate.everyMs * 1000) / rate.limit;
        question.keys.push(`quota:rate:${name}:${digest}`);
        question.args.push('rate', intervalUs, intervalUs * (rate.burst - 1), '');
        question.limits.push({ quota: plan, kind: 'rate' });
      }
      if (concurrent !== undefined) {
        question.keys.push(`quota:place:${name}:${digest}`);
        question.args.push('place', concurrent, this.#options.leaseMs, question.id);
        question.limits.push({ quota: plan, kind: 'concurrent' });
      }
    }
    return question;
  }

  #remembered({ keys, limits }: Question): Shortage | undefined {
    const now = this.#options.now();
    for (const [i, limit] of limits.entries()) {
      const until = this.#refused.get(keys[i] ?? '');
      if (until !== undefined && until > now) return { ...limit, waitMs: until - now };
    }
    return undefined;
  }

  #leased({ id, keys, limits }: Question): Lease | undefined {
    const places = keys.filter((_, i) => limits[i]?.kind === 'concurrent');
    if (places.length === 0) return undefined;
    const lease = new Lease(id, places);
    this.#leases.hold(lease);
    return lease;
  }
}

// ---

interface Question {
  readonly id: string;
  readonly keys: string[];
  readonly args: (string | number)[];
  readonly limits: Omit<Shortage, 'waitMs'>[];
}

function numbers(reply: unknown): readonly [number, number] {
  const [worst, waitMs] = Array.isArray(reply) ? reply : [];
  return [Number(worst), Number(waitMs)];
}
