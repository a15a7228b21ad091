import type { Exchange } from '../exchange.ts';

/** Said in place of an answer that has not come in time. */
export const TIMED_OUT = 'timed-out';

/** How long an exchange waits for its members. */
export interface TimeLimit {
  readonly passed: Promise<typeof TIMED_OUT>;
  clear(): void;
}

/** One timer for all members. */
export function timeLimit(ms: number, exchange: Exchange): TimeLimit {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMED_OUT), ms);
    // A caller that has left waits for nobody.
    exchange.onEnd(() => {
      clearTimeout(timer);
      resolve(TIMED_OUT);
    });
  });
  return { passed, clear: () => clearTimeout(timer) };
}
