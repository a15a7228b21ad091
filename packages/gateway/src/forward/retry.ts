import { methodInfo } from '@switchyard/wire';

/**
 * What is known of an attempt that brought no response:
 * `unsent`: no byte of the request went out; `unsendable`: none ever could; `lost`: the connection ended after that;
 * `timed-out`: no answer came in time.
 */
export type Fate = 'unsent' | 'unsendable' | 'lost' | 'timed-out';

/** Whether the method's request may be sent twice when the fate of the first is unknown. Unknown methods may not. */
export function isRepeatable(method: string): boolean {
  return methodInfo(method)?.repeatable === true;
}

/** Whether the method only reads, so that it may be sent to two replicas at the same time. */
export function isRead(method: string): boolean {
  return methodInfo(method)?.cacheable === true;
}

/**
 * Whether an attempt that brought no response may be followed by another: always if nothing was sent, and after a lost
 * connection if the request may run twice. Not after a timeout: a server that is too slow is not helped by more work.
 */
export function mayRepeatAfter(fate: Fate, method: string): boolean {
  return fate === 'unsent' || (fate === 'lost' && isRepeatable(method));
}

/** Whether a response means that another replica may do better: the server is not there, or not now. */
export function isPassingFailure(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** Milliseconds to wait before a replica that has already failed for this request is tried again. */
export function pauseMs(round: number, random: () => number): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** round, LONGEST_PAUSE_MS);
  return full * (0.5 + random() / 2);
}
