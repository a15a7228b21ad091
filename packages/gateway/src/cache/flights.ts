/** Work that several wait for. */
export interface Flight<T> {
  readonly result: Promise<T>;
  /** Waits for it until nobody wants it any more on behalf of that signal; the promise then never settles. */
  join(signal: AbortSignal | undefined): Promise<T>;
}

/** Work done once for all who want the same at the same time, given up when nobody waits for it any more. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** What is under way for a key. */
  find(key: string): Flight<T> | undefined {
    return this.#flights.get(key);
  }

  /** Begins the work; `work` gets the signal that tells that nobody waits any more. */
  begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const over = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    const flight = new Shared(work, over);
    this.#flights.set(key, flight);
    return flight;
  }

  /** Lets nobody join what is under way: it may be out of date. */
  part(): void {
    this.#flights.clear();
  }
}

// ---

class Shared<T> implements Flight<T> {
  readonly result: Promise<T>;
  readonly #abort = new AbortController();
  readonly #over: () => void;
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>, over: () => void) {
    this.#over = over;
    this.result = work(this.#abort.signal);
    // Whoever waits hears of a failure.
    this.result.then(over, over);
  }

  join(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1;
    if (signal === undefined) return this.result;
    return new Promise((resolve, reject) => {
      const leave = () => this.#leave();
      signal.addEventListener('abort', leave, { once: true });
      const stay = () => signal.removeEventListener('abort', leave);
      this.result.then(resolve, reject).then(stay, stay);
    });
  }

  #leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#over();
    this.#abort.abort();
  }
}
