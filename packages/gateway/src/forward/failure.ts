import type { OwnReason } from '../refusal.ts';
import type { Verdict } from '../route/health.ts';
import type { Fate } from './retry.ts';

/** A failed attempt, classified. */
export interface Failure {
  readonly fate: Fate;
  /** What the caller is told if there is no other attempt. */
  readonly reason: OwnReason;
  /** What it says of the replica's health. */
  readonly verdict: Verdict;
  /** For the log: a code, never a message. */
  readonly why: string;
}

/** What an attempt fails with when the watchdog ends it. */
export const OUT_OF_TIME: Error = Object.freeze(new Error('out of time'));

/** The same where it was the caller that took too long: to read what there is, or to send the rest of its request. */
export const CALLER_OUT_OF_TIME: Error = Object.freeze(new Error('the caller is out of time'));

/** Classifies an attempt that brought no response; `started` says whether bytes of the request may have gone out. */
export function classify(error: Error, started: boolean): Failure {
  const why = codeOf(error);
  if (CLOSING.has(why)) return { fate: 'unsent', reason: 'draining', verdict: 'unknown', why };
  if (UNSENDABLE.has(why)) return { fate: 'unsendable', reason: 'bad-request', verdict: 'unknown', why };
  if (REFUSED.has(why)) return { fate: 'unsent', reason: 'no-replica', verdict: 'bad', why };
  if (!started) return { fate: 'unsent', reason: 'no-replica', verdict: 'bad', why };
  if (error === CALLER_OUT_OF_TIME)
    return { fate: 'timed-out', reason: 'upstream-timeout', verdict: 'unknown', why };
  if (error === OUT_OF_TIME) return { fate: 'timed-out', reason: 'upstream-timeout', verdict: 'bad', why };
  const reason = why.startsWith('HPE_') ? 'upstream-invalid' : 'upstream-lost';
  return { fate: 'lost', reason, verdict: 'bad', why };
}

// ---

/** The pool is being closed. */
const CLOSING: ReadonlySet<string> = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);

/** The server says that it has not looked at the request, or there was none when it was to begin. */
const REFUSED: ReadonlySet<string> = new Set(['H2_REFUSED', 'H2_NOT_SENT', 'STDIO_NOT_STARTED']);

/** undici will not write such a request, to whatever replica. */
const UNSENDABLE: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

function codeOf(error: Error): string {
  if (error === OUT_OF_TIME) return 'no answer in time';
  if (error === CALLER_OUT_OF_TIME) return 'the caller is too slow';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
