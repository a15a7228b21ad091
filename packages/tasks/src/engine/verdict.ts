import type { ErrorObject, Result } from '@switchyard/wire';
import { errorObject, ProtocolError } from '@switchyard/wire';
import type { Outcome } from '../state/row.ts';
import { TaskInterrupted, TaskLimitError } from './errors.ts';
import type { ResolvedPolicy } from './policy.ts';
import { backoffMs } from './policy.ts';
import type { Settled } from './task-run.ts';
import { toStatusMessage } from './text.ts';

/** What becomes of a task after a run. */
export type Verdict =
  | { readonly kind: 'finish'; readonly outcome: Outcome }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly statusMessage: string }
  /** Somebody else decides, or has decided. */
  | { readonly kind: 'nothing' };

/** What a verdict is reached from. */
export interface Case {
  readonly settled: Settled;
  readonly policy: ResolvedPolicy;
  /** The number of this attempt. */
  readonly attempt: number;
  readonly resultSize: number;
  readonly random: number;
  /** Tells of an error that callers are not to see; gives what they are told instead. */
  readonly report: (error: unknown) => string;
}

/** Judges how a run ended. */
export function judge(one: Case): Verdict {
  const { settled } = one;
  if (settled.ok) return completed(settled.result, one);
  const { error } = settled;
  if (error instanceof TaskInterrupted && error.code !== 'time-limit') {
    return error.code === 'cancelled'
      ? { kind: 'finish', outcome: { status: 'cancelled' } }
      : { kind: 'nothing' };
  }
  if (error instanceof ProtocolError) return failed(errorObject(error), error.message);
  if (error instanceof TaskLimitError) return failed({ code: -32603, message: error.message }, error.message);
  const reference = one.report(error);
  if (one.attempt < one.policy.attempts && mayRetry(one, error)) return again(one);
  const why = error instanceof TaskInterrupted ? 'took too long' : 'failed';
  const message = `The task ${why}. The server's log has the details under ${reference}.`;
  return failed({ code: -32603, message }, `${why} after ${attempts(one.attempt)}`);
}

/** The end of a task whose workers died too often. */
export function givenUp(attempt: number): Outcome {
  const message = `The task was given up: its workers died or failed ${attempt === 1 ? 'once' : `${attempt} times`}.`;
  return {
    status: 'failed',
    error: JSON.stringify({ code: -32603, message }),
    statusMessage: `given up after ${attempts(attempt)}`,
  };
}

// ---

function completed(result: Result, { resultSize, report }: Case): Verdict {
  let text: string;
  try {
    // Types end where JavaScript begins.
    if (typeof result !== 'object' || result === null) throw new TypeError('A handler must give a result.');
    text = JSON.stringify(result);
  } catch (error) {
    const message = `The task's result cannot be sent. The server's log has the details under ${report(error)}.`;
    return failed({ code: -32603, message }, 'its result cannot be sent');
  }
  if (text.length <= resultSize) return { kind: 'finish', outcome: { status: 'completed', result: text } };
  const message = `The task's result is larger than ${resultSize} characters.`;
  return failed({ code: -32603, message }, message);
}

function mayRetry({ policy, report }: Case, error: unknown): boolean {
  try {
    return policy.retryIf(error);
  } catch (broken) {
    report(broken);
    return false;
  }
}

function again({ attempt, policy, random }: Case): Verdict {
  const delayMs = backoffMs(policy.backoff, attempt, random);
  const statusMessage = `attempt ${attempt} of ${policy.attempts} failed; the next one begins in ${Math.ceil(delayMs / 1000)} s`;
  return { kind: 'retry', delayMs, statusMessage };
}

function failed(error: ErrorObject, statusMessage: string): Verdict {
  const outcome: Outcome = {
    status: 'failed',
    error: toText(error),
    statusMessage: toStatusMessage(statusMessage),
  };
  return { kind: 'finish', outcome };
}

/** An error's data is the author's, and may be anything. */
function toText({ code, message, data }: ErrorObject): string {
  try {
    return JSON.stringify({ code, message, data });
  } catch {
    return JSON.stringify({ code, message });
  }
}

const attempts = (count: number): string => (count === 1 ? '1 attempt' : `${count} attempts`);
