import type { Environment } from '../environment.ts';
import type { EventBus } from './bus.ts';

/** How long-lived streams are kept. */
export interface SubscriptionOptions {
  /** How often a quiet stream gets a keep-alive, in milliseconds. @default 15000 */
  readonly keepAliveMs?: number;
  /** How long a stream may stay open, in milliseconds; it then ends gracefully and the client listens again. `0` means for ever. @default 3600000 (1 hour) */
  readonly maxDurationMs?: number;
  /** By how much that time may fall short, as a share of it, so that streams opened together do not end together. @default 0.2 */
  readonly jitter?: number;
}

/** What the hub needs. */
export interface HubOptions extends SubscriptionOptions {
  readonly bus: EventBus;
  readonly environment: Environment;
  /** Most streams at once. */
  readonly maxStreams: number;
}

/** A stream that the hub looks after. */
export interface Tended {
  /** Keeps it alive, or ends it where its time is up; `now` in milliseconds since 1970. */
  tend(now: number): void;
  /** Ends it gracefully. */
  end(): void;
}

/** How many slices the keep-alives of one period are spread over. */
const SLICES = 15;

/**
 * All listen streams of one server on this process. One timer serves them all: every slice of the keep-alive period
 * a part of the streams is looked after, so that ten thousand streams cost ten thousand small entries and no timers.
 */
export class Hub {
  readonly bus: EventBus;
  readonly #environment: Environment;
  readonly #keepAliveMs: number;
  readonly #maxDurationMs: number;
  readonly #jitter: number;
  readonly #maxStreams: number;
  readonly #slices: readonly Set<Tended>[] = Array.from({ length: SLICES }, () => new Set());
  #size = 0;
  #slice = 0;
  #stopTimer: (() => void) | undefined;

  constructor(options: HubOptions) {
    this.bus = options.bus;
    this.#environment = options.environment;
    this.#keepAliveMs = options.keepAliveMs ?? 15_000;
    this.#maxDurationMs = options.maxDurationMs ?? 3_600_000;
    this.#jitter = options.jitter ?? 0.2;
    this.#maxStreams = options.maxStreams;
    if (!(this.#keepAliveMs > 0) || !(this.#maxDurationMs >= 0) || !(this.#jitter >= 0 && this.#jitter < 1)) {
      throw new TypeError(
        'subscriptions takes a keepAliveMs above 0, a maxDurationMs of at least 0, and a jitter from 0 up to, not including, 1.',
      );
    }
  }

  /** How many streams are open. */
  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size >= this.#maxStreams;
  }

  /** When a stream opened now has to end, in milliseconds since 1970. */
  endOfLife(): number {
    if (this.#maxDurationMs === 0) return Number.POSITIVE_INFINITY;
    const share = 1 - this.#jitter * this.#environment.random();
    return this.#environment.now() + this.#maxDurationMs * share;
  }

  /** Looks after a stream from now on; returns the way to stop. */
  add(stream: Tended): () => void {
    // A stream joins the slice that was just looked after, and so has a whole period before its first keep-alive.
    const slice = this.#slices[(this.#slice + SLICES - 1) % SLICES] ?? new Set();
    slice.add(stream);
    this.#size += 1;
    this.#stopTimer ??= this.#environment.every(Math.ceil(this.#keepAliveMs / SLICES), () => this.#tend());
    return () => {
      if (!slice.delete(stream)) return;
      this.#size -= 1;
      if (this.#size === 0) this.#stop();
    };
  }

  /** Ends every stream gracefully. */
  close(): void {
    for (const slice of this.#slices) for (const stream of [...slice]) stream.end();
    this.#stop();
  }

  #tend(): void {
    const now = this.#environment.now();
    const slice = this.#slices[this.#slice];
    this.#slice = (this.#slice + 1) % SLICES;
    for (const stream of slice === undefined ? [] : [...slice]) stream.tend(now);
  }

  #stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }
}
