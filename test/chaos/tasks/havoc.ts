import { type Arena, pause } from './arena.ts';
import { Instance, type InstanceSettings } from './instance.ts';
import { between, type Chance } from './plan.ts';

/** A time in which nobody could take anything over, in milliseconds since 1970. */
export interface Dark {
  readonly from: number;
  readonly to: number;
}

/** How havoc is wrought. */
export interface HavocOptions {
  readonly arena: Arena;
  readonly chance: Chance;
  readonly instances: number;
  readonly effects: string;
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** What it takes to come to oneself after the database was away: to look again, and to connect. */
const RECOVERY_MS = 1000;
const HOURS = 3_600_000;

/** Instances, and what is done to them and to the database until it is stopped. */
export class Havoc {
  readonly #options: HavocOptions;
  readonly #instances: Instance[] = [];
  /** What goes on beside: instances that start, and such that are frozen. */
  readonly #beside = new Set<Promise<void>>();
  readonly dark: Dark[] = [];
  readonly counts = new Map<string, number>();
  /** What instances wrote to standard error. */
  readonly complaints: string[] = [];
  readonly #failures: unknown[] = [];
  #open = true;

  constructor(options: HavocOptions) {
    this.#options = options;
  }

  /** Starts all instances. */
  async start(): Promise<void> {
    const count = this.#options.instances;
    this.#instances.push(...(await Promise.all(Array.from({ length: count }, () => this.#launch()))));
  }

  /** An instance that is neither dead nor frozen, if there are so many. */
  pick(least = 1): Instance | undefined {
    const active = this.#instances.filter(({ alive, frozen }) => alive && !frozen);
    return active.length < least ? undefined : active[between(this.#options.chance, 0, active.length - 1)];
  }

  /** Does harm, one thing after the other, until it is stopped. */
  async run(): Promise<void> {
    const { chance, arena } = this.#options;
    while (this.#open) {
      await pause(between(chance, 50, 400));
      const dice = chance();
      if (dice < 0.4) await this.#kill();
      else if (dice < 0.75) this.#keep(this.#freeze());
      else if (arena.harms.length > 0) await this.#harm();
      else if (dice > 0.9) await this.#jump();
    }
    await Promise.all(this.#beside);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'Not everything could be done');
  }

  /** No more harm is begun. */
  stop(): void {
    this.#open = false;
  }

  /** Ends all instances in order. */
  async close(): Promise<void> {
    await Promise.all(this.#beside);
    for (const instance of this.#instances) if (instance.frozen) instance.thaw();
    this.complaints.push(...(await Promise.all(this.#instances.map((instance) => instance.close()))));
  }

  /** Ends all instances, whatever they are at. */
  async killAll(): Promise<void> {
    await Promise.allSettled(this.#beside);
    await Promise.all(this.#instances.map((instance) => instance.kill()));
  }

  #launch(): Promise<Instance> {
    const { arena, effects, leaseMs, pollMs, chance } = this.#options;
    // Clocks of hosts are hours apart where a database has its own; on one machine they are the same.
    const skewMs = arena.skew === undefined ? between(chance, -12 * HOURS, 12 * HOURS) : 0;
    const perOwner = chance() < 0.5 ? 1000 : undefined;
    const settings: InstanceSettings = { store: arena.where, effects, leaseMs, pollMs, perOwner, skewMs };
    return Instance.start(settings);
  }

  async #kill(): Promise<void> {
    const victim = this.pick(2);
    if (victim === undefined) return;
    this.#count('SIGKILL');
    await victim.kill();
    this.#instances.splice(this.#instances.indexOf(victim), 1);
    this.#keep(this.#launch().then((instance) => void this.#instances.push(instance)));
  }

  async #freeze(): Promise<void> {
    const { chance, leaseMs, arena } = this.#options;
    const victim = this.pick(2);
    if (victim === undefined) return;
    this.#count('SIGSTOP');
    const from = Date.now();
    const until = from + between(chance, 100, 2.5 * leaseMs);
    victim.freeze();
    // Whoever is frozen in the middle of a write to the file keeps everybody from writing.
    let locked = true;
    while (Date.now() < until) {
      await pause(20);
      locked &&= arena.locked();
    }
    victim.thaw();
    if (locked) {
      this.#count('SIGSTOP in the middle of a write');
      this.dark.push({ from, to: Date.now() + RECOVERY_MS });
    }
  }

  async #harm(): Promise<void> {
    const { arena, chance } = this.#options;
    const harm = arena.harms[between(chance, 0, arena.harms.length - 1)];
    if (harm === undefined) return;
    const [name, act] = harm;
    this.#count(name);
    const from = Date.now();
    await act(chance);
    this.dark.push({ from, to: Date.now() + RECOVERY_MS });
  }

  /** The machine's clock is set wrong, and right again a moment later. */
  async #jump(): Promise<void> {
    const { arena, chance, leaseMs } = this.#options;
    if (arena.skew === undefined) return;
    this.#count('clock jump');
    const ms = between(chance, -leaseMs, leaseMs);
    const from = Date.now();
    const set = (skew: number): void => {
      arena.skew?.(skew);
      for (const instance of this.#instances) instance.skew(skew);
    };
    set(ms);
    await pause(between(chance, 200, 1000));
    set(0);
    // Leases taken in that time end so much earlier or later.
    this.dark.push({ from: from - Math.abs(ms), to: Date.now() + Math.abs(ms) + leaseMs });
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => this.#beside.delete(kept));
    this.#beside.add(kept);
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
