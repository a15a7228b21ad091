import { Roster, type Seated } from '../roster.ts';

/** Something that must happen before a point in time. */
export interface Watched extends Seated {
  /** On the watchdog's clock; `Infinity` for none at the moment. */
  deadline: number;
  /** Called once the deadline has passed; the watchdog has let go of it by then. */
  expired(): void;
}

/** How late a deadline may be noticed, in milliseconds. */
export const WATCHDOG_TICK_MS = 100;

/**
 * The deadlines of all requests in progress on one coarse clock, so that a request costs no timer: with timers of their
 * own, requests leave a trail of cancelled ones behind, which cost more than the rest of the way through the gateway.
 * Runs only while there is something to watch.
 */
export class Watchdog {
  readonly #now: () => number;
  readonly #watched = new Roster<Watched>();
  #clock: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.#clock = now();
  }

  /** The deadline that lies that many milliseconds ahead, never early; 0 milliseconds is none. */
  after(ms: number): number {
    return ms === 0 ? Number.POSITIVE_INFINITY : this.#clock + ms + WATCHDOG_TICK_MS;
  }

  watch(watched: Watched): void {
    this.#watched.add(watched);
    if (this.#timer !== undefined) return;
    this.#clock = this.#now();
    this.#timer = setInterval(() => this.tick(), WATCHDOG_TICK_MS);
  }

  release(watched: Watched): void {
    this.#watched.delete(watched);
  }

  /** Looks at the clock and ends what has run out of time; runs by itself every `WATCHDOG_TICK_MS`. */
  tick(): void {
    this.#clock = this.#now();
    for (const watched of this.#watched.list()) {
      if (watched.deadline > this.#clock) continue;
      this.#watched.delete(watched);
      watched.expired();
    }
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
