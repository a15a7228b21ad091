import type {
  Ask,
  Asked,
  Finish,
  Heartbeat,
  Lease,
  Outcome,
  Report,
  Retry,
  StepWrite,
} from '@switchyard/tasks';
import { number } from './row.ts';
import { AFTER_ASK } from './statements/after-ask.ts';
import { COUNT_OPEN } from './statements/count-open.ts';
import { FINISH } from './statements/finish.ts';
import { HEARTBEAT } from './statements/heartbeat.ts';
import { INSERT_QUESTION } from './statements/insert-question.ts';
import { INSERT_STEP } from './statements/insert-step.ts';
import { MARK_LEDGER } from './statements/mark-ledger.ts';
import { RELEASE } from './statements/release.ts';
import { REPORT } from './statements/report.ts';
import { RETRY } from './statements/retry.ts';
import { WITHDRAW_QUESTION } from './statements/withdraw-question.ts';
import { changes, first, type Turn } from './turn.ts';

/** Prolongs a lease. */
export function heartbeat(turn: Turn, { id, token }: Lease, leaseMs: number): Heartbeat | undefined {
  const row = first(turn, HEARTBEAT, [turn.now + leaseMs, id, token]);
  return row === undefined
    ? undefined
    : { cancelRequested: row['cancel_requested'] === 1, version: number(row, 'version') };
}

/** Keeps the result of a step. */
export function saveStep(turn: Turn, { lease, name, result }: StepWrite): boolean {
  if (first(turn, MARK_LEDGER, [turn.now, lease.id, lease.token]) === undefined) return false;
  changes(turn, INSERT_STEP, [lease.id, name, result]);
  return true;
}

/** Says how far the work is. */
export function report(turn: Turn, { lease, statusMessage }: Report): boolean {
  return told(turn, lease, changes(turn, REPORT, [turn.now, lease.id, lease.token, statusMessage]));
}

/** Asks questions and takes back others. */
export function ask(turn: Turn, { lease, questions, withdraw, suspend }: Ask): Asked | undefined {
  const { id, token } = lease;
  if (first(turn, MARK_LEDGER, [turn.now, id, token]) === undefined) return undefined;
  for (const key of withdraw) changes(turn, WITHDRAW_QUESTION, [id, key]);
  for (const { key, request } of questions) changes(turn, INSERT_QUESTION, [id, key, request]);
  const open = openOf(turn, id);
  const row = first(turn, AFTER_ASK, [turn.now, id, token, open, suspend ? 1 : 0]);
  turn.changed({ id, due: suspend && open === 0 });
  return row === undefined ? undefined : { open, version: number(row, 'version') };
}

/** Ends a run that failed. */
export function retry(turn: Turn, { lease, delayMs, statusMessage }: Retry): boolean {
  const values = [turn.now, lease.id, lease.token, turn.now + delayMs, statusMessage ?? null];
  return told(turn, { ...lease, due: delayMs <= 0 }, changes(turn, RETRY, values));
}

/** Gives up a lease. */
export function release(turn: Turn, { id, token }: Lease): boolean {
  return told(turn, { id, due: true }, changes(turn, RELEASE, [turn.now, id, token]));
}

/** Ends a task. */
export function finish(turn: Turn, { lease, outcome }: Finish): boolean {
  const { status, statusMessage = null } = outcome;
  const values = [turn.now, lease.id, lease.token, status, statusMessage, ...payloads(outcome)];
  return told(turn, lease, changes(turn, FINISH, values));
}

/** The result and the error of an end; one of them, or none. */
export function payloads(outcome: Outcome): readonly [result: string | null, error: string | null] {
  if (outcome.status === 'completed') return [outcome.result, null];
  return [null, outcome.status === 'failed' ? outcome.error : null];
}

/** How many questions of a task are open. */
export function openOf(turn: Turn, id: string): number {
  const row = first(turn, COUNT_OPEN, [id]);
  return row === undefined ? 0 : number(row, 'open');
}

// ---------------------------------------------------------------------------------------------------------------------

function told(
  turn: Turn,
  { id, due = false }: { readonly id: string; readonly due?: boolean },
  written: boolean,
): boolean {
  if (written) turn.changed({ id, due });
  return written;
}
