import type { Environment } from './environment.ts';

/** How often operations that take long are looked at, in milliseconds. */
const SWEEP_MS = 1000;

/** A request under way, as far as its time is concerned. */
export interface Timed {
  /** Stops it and tells the caller why. */
  timeOut(why: string): void;
}

/** The requests that a server is busy with: counted for draining and load, and stopped when their time is up. */
export class InFlight {
  readonly #environment: Environment;
  readonly #operationMs: number;
  readonly #deadlines = new Map<Timed, number>();
  readonly #idle: (() => void)[] = [];
  #count = 0;
  #stopTimer: (() => void) | undefined;

  constructor(environment: Environment, operationMs: number) {
    this.#environment = environment;
    this.#operationMs = operationMs;
  }

  get count(): number {
    return this.#count;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(request: Timed): void {
    this.#count -= 1;
    this.#deadlines.delete(request);
    if (this.#count === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Puts a time limit on an operation that did not end at once. */
  limit(request: Timed): void {
    const unlimited = this.#operationMs === 0;
    this.#deadlines.set(
      request,
      unlimited ? Number.POSITIVE_INFINITY : this.#environment.now() + this.#operationMs,
    );
    if (unlimited) return;
    this.#stopTimer ??= this.#environment.every(SWEEP_MS, () => this.#sweep());
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Stops all that is under way with a limit; each caller gets an error. */
  stopAll(): void {
    for (const request of [...this.#deadlines.keys()]) request.timeOut('The server is shutting down.');
  }

  #sweep(): void {
    if (this.#deadlines.size === 0) {
      this.#stopTimer?.();
      this.#stopTimer = undefined;
      return;
    }
    const now = this.#environment.now();
    for (const [request, deadline] of [...this.#deadlines]) {
      if (now >= deadline) request.timeOut('The operation took too long.');
    }
  }
}
