const KEPT = 128;
/** A percentile of fewer is a guess. */
const ENOUGH = 20;
const REFRESH_EVERY = 16;

/** How long a server took to begin its last answers, and a percentile of that. */
export class Latency {
  readonly #percentile: number;
  readonly #times: number[] = [];
  #next = 0;
  #sinceRefresh = 0;
  #value: number | undefined;

  constructor(percentile: number) {
    this.#percentile = percentile;
  }

  /** Milliseconds; `undefined` until enough is known. */
  get value(): number | undefined {
    return this.#value;
  }

  add(ms: number): void {
    this.#times[this.#next] = ms;
    this.#next = (this.#next + 1) % KEPT;
    this.#sinceRefresh += 1;
    if (this.#times.length < ENOUGH || (this.#value !== undefined && this.#sinceRefresh < REFRESH_EVERY))
      return;
    this.#sinceRefresh = 0;
    const sorted = [...this.#times].sort((a, b) => a - b);
    this.#value = sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * this.#percentile) / 100))];
  }
}
