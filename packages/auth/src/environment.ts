/** What the outside world gives to authorization: time and timers. Tests replace it; nothing else reads a clock. */
export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Timers that are to run longer fire at once: about 25 days. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/** The real clock and timers. A longer sleep than a timer can take ends with that. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', leave, { once: true });
    }),
};
