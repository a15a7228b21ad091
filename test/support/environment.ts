import type { Environment } from '@switchyard/server';

/** Time and chance in the hands of a test: nothing moves until `advance` is called. */
export class FakeEnvironment implements Environment {
  /** What `random` gives next and ever after. */
  chance = 0;
  readonly #timers = new Set<Timer>();
  #now = Date.UTC(2026, 6, 28);

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  every(ms: number, callback: () => void): () => void {
    const timer = { ms, callback, next: this.#now + ms };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are running. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass and calls what falls due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#due(end); due !== undefined; due = this.#due(end)) {
      this.#now = due.next;
      due.next += Math.max(1, due.ms);
      due.callback();
    }
    this.#now = end;
  }

  #due(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ next }) => next <= end);
    return due.sort((a, b) => a.next - b.next)[0];
  }
}

interface Timer {
  readonly ms: number;
  readonly callback: () => void;
  next: number;
}

/** Resolves once the condition holds; fails after two seconds of real time. */
export async function until(condition: () => boolean): Promise<void> {
  const start = Date.now();
  while (!condition()) {
    if (Date.now() - start > 2000) throw new Error('What was waited for did not happen within two seconds.');
    await turn();
  }
}

/** Lets everything that is ready to run do so: a full turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
