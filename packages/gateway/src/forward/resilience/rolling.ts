const SLICES = 10;

/** Two counts over a sliding window of time, forgotten in tenths of it. */
export class RollingPair {
  readonly #sliceMs: number;
  readonly #now: () => number;
  readonly #firsts = new Float64Array(SLICES);
  readonly #seconds = new Float64Array(SLICES);
  #slice: number;
  #first = 0;
  #second = 0;

  constructor(windowMs: number, now: () => number) {
    this.#sliceMs = windowMs / SLICES;
    this.#now = now;
    this.#slice = Math.floor(now() / this.#sliceMs);
  }

  get first(): number {
    this.#roll();
    return this.#first;
  }

  get second(): number {
    this.#roll();
    return this.#second;
  }

  addFirst(): void {
    const at = this.#roll();
    this.#firsts[at] = (this.#firsts[at] ?? 0) + 1;
    this.#first += 1;
  }

  addSecond(): void {
    const at = this.#roll();
    this.#seconds[at] = (this.#seconds[at] ?? 0) + 1;
    this.#second += 1;
  }

  clear(): void {
    this.#firsts.fill(0);
    this.#seconds.fill(0);
    this.#first = 0;
    this.#second = 0;
  }

  /** Forgets what has left the window; gives the place of the present slice. */
  #roll(): number {
    const slice = Math.floor(this.#now() / this.#sliceMs);
    if (slice - this.#slice >= SLICES) {
      this.clear();
      this.#slice = slice;
    }
    while (this.#slice < slice) {
      this.#slice += 1;
      const at = this.#slice % SLICES;
      this.#first -= this.#firsts[at] ?? 0;
      this.#second -= this.#seconds[at] ?? 0;
      this.#firsts[at] = 0;
      this.#seconds[at] = 0;
    }
    return slice % SLICES;
  }
}
