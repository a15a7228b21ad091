import type { Resources } from '../resources.ts';
import { Gauge, PLACE_WAIT_MS } from './gauge.ts';
import type { Charge, Quota, Shortage } from './quota.ts';

/** Counts in this instance alone, without waiting for anything. What it has counted survives reloads that leave a quota as it is. */
export class MemoryMeter {
  readonly #resources: Resources;
  readonly #gauges = new Map<Quota, { readonly key: string; readonly gauge: Gauge }>();
  /** Milliseconds, never running backwards. */
  readonly #now: () => number;

  constructor(
    quotas: readonly Quota[],
    { resources, now }: { readonly resources: Resources; readonly now: () => number },
  ) {
    this.#resources = resources;
    this.#now = now;
    for (const quota of quotas) {
      const { name, per, rate, concurrent } = quota.plan;
      const key = `quota:${JSON.stringify([name, per, rate, concurrent])}`;
      this.#gauges.set(quota, { key, gauge: resources.hold(key, () => new Gauge(quota.plan)) });
    }
  }

  /** Charges every quota, or none: then says which one is short for longest. */
  admit(charges: readonly Charge[]): Shortage | undefined {
    const now = this.#now();
    let worst: Shortage | undefined;
    for (const { quota, key } of charges) {
      const gauge = this.#gaugeOf(quota);
      const place = gauge.hasPlace(key) ? 0 : PLACE_WAIT_MS;
      const token = gauge.tokenWait(key, now);
      const waitMs = Math.max(place, token);
      if (waitMs <= (worst?.waitMs ?? 0)) continue;
      worst = { quota: quota.plan, kind: token >= place ? 'rate' : 'concurrent', waitMs };
    }
    if (worst === undefined) for (const { quota, key } of charges) this.#gaugeOf(quota).take(key, now);
    return worst;
  }

  /** Gives back the places that `admit` has taken. */
  giveBack(charges: readonly Charge[]): void {
    for (const { quota, key } of charges)
      if (quota.plan.concurrent !== undefined) this.#gaugeOf(quota).giveBack(key);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#gauges.values()].map(({ key }) => this.#resources.release(key)));
  }

  #gaugeOf(quota: Quota): Gauge {
    const held = this.#gauges.get(quota);
    if (held === undefined) throw new TypeError('a charge is for a quota of the plan');
    return held.gauge;
  }
}
