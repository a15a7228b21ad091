/** What the outside world gives a client: time, chance, timers. Tests replace it; nothing else reads a clock. */
export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to, not including, 1; for jitter. */
  random(): number;
  /** A text that nobody else has and nobody can guess. */
  uniqueId(): string;
  /** Calls back once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
}

/** The real clock, `Math.random`, `crypto.randomUUID` and timers. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  uniqueId: () => crypto.randomUUID(),
  after(ms, callback) {
    // Longer than what a timer can hold would fire at once.
    const timer = setTimeout(callback, Math.min(ms, 0x7fffffff));
    return () => clearTimeout(timer);
  },
};
