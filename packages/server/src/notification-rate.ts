/** Counts what is sent in a second: a handler that reports in a tight loop must not flood its caller. */
export class NotificationRate {
  readonly #perSecond: number;
  #secondStart = 0;
  #inSecond = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether one more may be sent at this time, in milliseconds since 1970; counts it. */
  allows(now: number): boolean {
    if (now - this.#secondStart >= 1000) {
      this.#secondStart = now;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    return this.#inSecond <= this.#perSecond;
  }
}
