import { orAborted } from '../call/or-aborted.ts';
import { abortError } from '../errors.ts';

/** Work that several callers wait for: it is done once, and given up when nobody waits for it any more. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** Joins the work that is under way for the key, or begins it. The signal of one caller ends only that one's waiting. */
  join(key: string, signal: AbortSignal | undefined, begin: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(abortError(signal, false));
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      const opened = new Flight(begin, () => {
        if (this.#flights.get(key) === opened) this.#flights.delete(key);
      });
      flight = opened;
      this.#flights.set(key, flight);
    }
    return flight.wait(signal);
  }

  /** Lets nobody join what is under way for keys that begin so: it may be out of date. */
  part(prefix: string): void {
    for (const key of this.#flights.keys()) if (key.startsWith(prefix)) this.#flights.delete(key);
  }
}

class Flight<T> {
  readonly #controller = new AbortController();
  readonly #work: Promise<T>;
  readonly #over: () => void;
  #waiting = 0;

  /** `over` is called once nobody may join any more. */
  constructor(begin: (signal: AbortSignal) => Promise<T>, over: () => void) {
    this.#over = over;
    this.#work = begin(this.#controller.signal).finally(over);
    // Whoever waits hears of a failure; where nobody does, it is nobody's.
    this.#work.catch(() => undefined);
  }

  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1;
    try {
      return await orAborted(this.#work, signal, true);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#giveUp(signal?.reason);
    }
  }

  /** Work may take a while to end once it is aborted: who comes meanwhile has it done anew. */
  #giveUp(reason: unknown): void {
    this.#over();
    this.#controller.abort(reason);
  }
}
