/** What is known of answers that are not for everyone: `private` each caller has its own, `uncacheable` none is kept. */
export type Why = 'private' | 'uncacheable';

const MOST = 10_000;
const REMEMBERED_MS = 60_000;

/** Remembers which questions are not worth waiting for together, so that nobody queues behind an answer that is another's. */
export class Unkept {
  readonly #clock: () => number;
  readonly #known = new Map<string, { readonly why: Why; readonly until: number }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  isPrivate(key: string): boolean {
    return this.#why(key) === 'private';
  }

  isUncacheable(key: string): boolean {
    return this.#why(key) === 'uncacheable';
  }

  note(key: string, why: Why): void {
    this.#known.delete(key);
    this.#known.set(key, { why, until: this.#clock() + REMEMBERED_MS });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
  }

  clear(): void {
    this.#known.clear();
  }

  #why(key: string): Why | undefined {
    const found = this.#known.get(key);
    return found === undefined || this.#clock() >= found.until ? undefined : found.why;
  }
}
