import type { Attempt } from './attempt.ts';

/** The attempts of one errand that run at the moment: one, or two where the first was slow. */
export class Race {
  #first: Attempt | undefined;
  #second: Attempt | undefined;

  /** The attempt that runs alone, or the first of two. */
  get first(): Attempt | undefined {
    return this.#first;
  }

  /** An attempt begins in place of what failed. */
  enter(attempt: Attempt): void {
    this.#first = attempt;
  }

  /** A second attempt begins beside the first. */
  join(attempt: Attempt): void {
    this.#second = attempt;
  }

  /** An attempt has failed: whether another still runs, which is the only one from then on. */
  goesOnWithout(attempt: Attempt): boolean {
    const other = attempt === this.#second ? this.#first : this.#second;
    if (this.#second === undefined || other === undefined) return false;
    this.#first = other;
    this.#second = undefined;
    return true;
  }

  /** An attempt has its answer; the other is stopped. */
  won(attempt: Attempt): void {
    const loser = attempt === this.#second ? this.#first : this.#second;
    this.#first = attempt;
    this.#second = undefined;
    loser?.stop();
  }

  /** Stops what runs. */
  stop(): void {
    const second = this.#second;
    this.#second = undefined;
    second?.stop();
    this.#first?.stop();
    this.#first = undefined;
  }
}
