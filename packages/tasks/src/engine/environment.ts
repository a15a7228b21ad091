/** What the outside world gives an engine: time, chance, timers. Tests replace it; nothing else reads a clock. */
export interface TaskEnvironment {
  /** Milliseconds of any clock that only goes forward; used for durations alone. */
  now(): number;
  /** A number from 0 up to, not including, 1; for jitter. */
  random(): number;
  /** A text of letters, digits, `-` and `_` that holds so many bits which nobody can guess. */
  randomId(bits: number): string;
  /** Calls back once after `ms` milliseconds, unless the returned function is called before; never keeps a process alive. */
  after(ms: number, callback: () => void): () => void;
}

/** `performance.now`, `Math.random`, `crypto.getRandomValues`, and timers that do not keep a process alive. */
export const systemEnvironment: TaskEnvironment = {
  now: () => performance.now(),
  random: () => Math.random(),
  randomId(bits) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(bits / 8)));
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  },
  after(ms, callback) {
    // Longer than what a timer can hold would fire at once.
    const timer: unknown = setTimeout(callback, Math.min(ms, 0x7fffffff));
    // Node's and Bun's timers are objects that can be unreferenced; elsewhere a timer is a number.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref();
    return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]); // the handle that setTimeout gave
  },
};
