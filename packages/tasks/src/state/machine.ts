// Every change is a function of the row and the time, and gives `undefined` where it must not be: a store does the same in the
// condition of one write.

import { isOver, ttlAtEnd } from './life.ts';
import type { JsonText, Lease, NewTask, OpenQuestion, Outcome, Question } from './row.ts';
import { EXPIRED } from './row.ts';
import { canMove, isTerminal } from './status.ts';
import type { TaskRow } from './views.ts';
import { openIn } from './views.ts';

/** A new task. */
export function made(task: NewTask, now: number): TaskRow {
  const { delayMs = 0, lease, ...kept } = task;
  return {
    ...kept,
    status: 'working',
    createdAt: now,
    updatedAt: now,
    version: 1,
    attempts: 0,
    dueAt: now + (lease?.leaseMs ?? delayMs),
    worker: lease?.worker ?? null,
    token: lease === undefined ? 0 : 1,
    cancelRequested: false,
    steps: {},
    questions: [],
  };
}

/** Whether it may be claimed. */
export function isDue(row: TaskRow, now: number): boolean {
  return row.dueAt !== null && row.dueAt <= now && !isOver(row, now);
}

/** Whether a lease is the newest, and the task still to be written. */
export function isHeld(row: TaskRow, { token }: Lease): boolean {
  return row.token === token && !isTerminal(row.status);
}

/** Taken by a worker; the one that had it is lost. */
export function claimed(
  row: TaskRow,
  { worker, leaseMs }: { readonly worker: string; readonly leaseMs: number },
  now: number,
): TaskRow | undefined {
  if (!isDue(row, now)) return undefined;
  const attempts = row.attempts + (row.worker === null ? 0 : 1);
  return { ...row, attempts, worker, token: row.token + 1, dueAt: now + leaseMs };
}

/** Held for longer. */
export function prolonged(row: TaskRow, lease: Lease, until: number): TaskRow | undefined {
  return isHeld(row, lease) && row.worker !== null ? { ...row, dueAt: until } : undefined;
}

/** A step is done; what a name has is kept. */
export function stepped(
  row: TaskRow,
  { lease, name, result }: { readonly lease: Lease; readonly name: string; readonly result: JsonText },
): TaskRow | undefined {
  if (!isHeld(row, lease)) return undefined;
  return Object.hasOwn(row.steps, name) ? row : { ...row, steps: { ...row.steps, [name]: result } };
}

/** The work has come so far. */
export function reported(
  row: TaskRow,
  { lease, statusMessage }: { readonly lease: Lease; readonly statusMessage: string },
  now: number,
): TaskRow | undefined {
  return isHeld(row, lease) ? { ...row, statusMessage, ...seen(row, now) } : undefined;
}

/** Questions asked and taken back; suspended where nothing is to be done until they are answered. */
export function asked(
  row: TaskRow,
  { lease, questions, withdraw, suspend }: AskChange,
  now: number,
): TaskRow | undefined {
  if (!isHeld(row, lease)) return undefined;
  const kept = row.questions.map((question): Question => {
    return question.state === 'open' && withdraw.includes(question.key)
      ? { ...question, state: 'withdrawn' }
      : question;
  });
  const known = new Set(kept.map(({ key }) => key));
  const fresh = questions.filter(({ key }) => !known.has(key) && known.add(key));
  const ledger = [...kept, ...fresh.map((question): Question => ({ ...question, state: 'open' }))];
  const status = openIn(ledger).length > 0 ? 'input_required' : 'working';
  const given = suspend ? { worker: null, dueAt: status === 'working' ? now : null } : {};
  return { ...row, questions: ledger, status, ...given, ...seen(row, now) };
}

/** What `asked` does. */
export interface AskChange {
  readonly lease: Lease;
  readonly questions: readonly OpenQuestion[];
  readonly withdraw: readonly string[];
  readonly suspend: boolean;
}

/** A run has failed; another will follow. */
export function retried(
  row: TaskRow,
  { lease, delayMs, statusMessage }: RetryChange,
  now: number,
): TaskRow | undefined {
  if (!isHeld(row, lease)) return undefined;
  const said = statusMessage === undefined ? {} : { statusMessage };
  return {
    ...row,
    ...said,
    ...seen(row, now),
    attempts: row.attempts + 1,
    worker: null,
    dueAt: now + delayMs,
  };
}

/** What `retried` does. */
export interface RetryChange {
  readonly lease: Lease;
  readonly delayMs: number;
  readonly statusMessage?: string;
}

/** Given up by its worker, for others. */
export function released(row: TaskRow, lease: Lease, now: number): TaskRow | undefined {
  return isHeld(row, lease) && row.worker !== null ? { ...row, worker: null, dueAt: now } : undefined;
}

/** Ended by its worker. */
export function finished(
  row: TaskRow,
  { lease, outcome }: { readonly lease: Lease; readonly outcome: Outcome },
  now: number,
): TaskRow | undefined {
  return isHeld(row, lease) ? ended(row, outcome, now) : undefined;
}

/** Answers came; those to questions that are not open are nothing. `row` itself where none was wanted. */
export function answered(row: TaskRow, answers: Readonly<Record<string, JsonText>>, now: number): TaskRow {
  if (row.status !== 'input_required') return row;
  let accepted = 0;
  const questions = row.questions.map((question): Question => {
    const answer = Object.hasOwn(answers, question.key) ? answers[question.key] : undefined;
    if (question.state !== 'open' || answer === undefined) return question;
    accepted += 1;
    return { ...question, state: 'answered', answer };
  });
  if (accepted === 0) return row;
  if (openIn(questions).length > 0) return { ...row, questions, ...seen(row, now) };
  const dueAt = row.worker === null ? now : row.dueAt;
  return { ...row, questions, status: 'working', dueAt, ...seen(row, now) };
}

/** Cancelled at once, or its worker asked to; `undefined` where it is terminal. */
export function cancelled(row: TaskRow, now: number): TaskRow | undefined {
  if (isTerminal(row.status)) return undefined;
  const working = row.status === 'working' && row.worker !== null && row.dueAt !== null && row.dueAt > now;
  return working ? { ...row, cancelRequested: true } : ended(row, { status: 'cancelled' }, now);
}

/** Failed because its time is over. */
export function expired(row: TaskRow, now: number): TaskRow | undefined {
  return isTerminal(row.status) || !isOver(row, now) ? undefined : ended(row, EXPIRED, now);
}

/** A new task that goes on where a failed one ended, with as long to live as that one had in the end. */
export function requeued(row: TaskRow, id: string, now: number): TaskRow | undefined {
  if (row.status !== 'failed') return undefined;
  const { idempotencyKey, statusMessage, finishedAt, error, ...kept } = row;
  const questions = row.questions.map((question): Question => {
    return question.state === 'open' ? { ...question, state: 'withdrawn' } : question;
  });
  return { ...made({ ...kept, id }, now), steps: row.steps, questions };
}

// ---

function ended(row: TaskRow, outcome: Outcome, now: number): TaskRow | undefined {
  if (!canMove(row.status, outcome.status)) return undefined;
  const changes = { worker: null, dueAt: null, finishedAt: now, ttlMs: ttlAtEnd(row, now) };
  return { ...row, ...outcome, ...changes, ...seen(row, now) };
}

/** A change that callers can see. */
function seen(row: TaskRow, now: number): Pick<TaskRow, 'updatedAt' | 'version'> {
  return { updatedAt: Math.max(now, row.updatedAt), version: row.version + 1 };
}
