/** What the outside world gives a server: time, chance, timers. Tests replace it; nothing else reads a clock. */
export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** Calls back every `ms` milliseconds until the returned function is called; never keeps a process alive. */
  every(ms: number, callback: () => void): () => void;
}

/** The real clock, `Math.random` (used for jitter only) and timers that do not keep a process alive. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  every(ms, callback) {
    const timer: unknown = setInterval(callback, ms);
    // Node's and Bun's timers are objects that can be unreferenced; elsewhere a timer is a number.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref();
    return () => clearInterval(timer as Parameters<typeof clearInterval>[0]); // the handle that setInterval gave
  },
};
