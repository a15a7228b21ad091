import type { OpenQuestion, Question, TaskDossier, TaskSnapshot, TaskState } from '@switchyard/tasks';
import type { Connection, Row, SqlValue } from './connection.ts';
import { SELECT_QUESTIONS } from './statements/select-questions.ts';
import { SELECT_STEPS } from './statements/select-steps.ts';

/** The state of a task from the columns `STATE`. */
export function toState(row: Row): TaskState {
  const [statusMessage, finishedAt, idempotencyKey] = [
    row['status_message'],
    row['finished_at'],
    row['idempotency_key'],
  ];
  return {
    id: text(row, 'id'),
    owner: text(row, 'owner'),
    method: text(row, 'method'),
    tool: text(row, 'tool'),
    status: text(row, 'status') as TaskState['status'], // the table's CHECK says so
    createdAt: number(row, 'created_at'),
    updatedAt: number(row, 'updated_at'),
    ttlMs: numberOrNull(row['ttl_ms']),
    retentionMs: numberOrNull(row['retention_ms']),
    pollIntervalMs: number(row, 'poll_interval_ms'),
    version: number(row, 'version'),
    priority: number(row, 'priority'),
    attempts: number(row, 'attempts'),
    dueAt: numberOrNull(row['due_at']),
    worker: textOrNull(row['worker']),
    token: number(row, 'token'),
    cancelRequested: row['cancel_requested'] === 1,
    ...(statusMessage == null ? {} : { statusMessage: String(statusMessage) }),
    ...(finishedAt == null ? {} : { finishedAt: Number(finishedAt) }),
    ...(idempotencyKey == null ? {} : { idempotencyKey: String(idempotencyKey) }),
  };
}

/** The task as its owner may see it, from the columns of `SELECT_TASK`. */
export function toSnapshot(connection: Connection, row: Row): TaskSnapshot {
  const waits = row['status'] === 'input_required';
  const open = waits ? openOf(questionsOf(connection, row)) : [];
  return { open, ...toState(row), ...outcomeOf(row) };
}

/** All that is kept of a task, from the columns of `SELECT_TASK`. */
export function toDossier(connection: Connection, row: Row): TaskDossier {
  const questions = row['ledger'] === 1 ? questionsOf(connection, row) : [];
  return {
    open: row['status'] === 'input_required' ? openOf(questions) : [],
    params: text(row, 'params'),
    context: text(row, 'context'),
    steps: row['ledger'] === 1 ? stepsOf(connection, row) : {},
    questions,
    ...toState(row),
    ...outcomeOf(row),
  };
}

/** A text column that is never NULL. */
export function text(row: Row, column: string): string {
  return String(row[column]);
}

/** A number column that is never NULL. */
export function number(row: Row, column: string): number {
  return Number(row[column]);
}

// ---------------------------------------------------------------------------------------------------------------------

function outcomeOf(row: Row): Pick<TaskSnapshot, 'result' | 'error'> {
  const [result, error] = [textOrNull(row['result']), textOrNull(row['error'])];
  return { ...(result === null ? {} : { result }), ...(error === null ? {} : { error }) };
}

function stepsOf(connection: Connection, row: Row): Readonly<Record<string, string>> {
  const steps = connection.statement(SELECT_STEPS).all(text(row, 'id'));
  // Defines even `__proto__` as a name like any other.
  return Object.fromEntries(steps.map((step) => [text(step, 'name'), text(step, 'result')]));
}

function questionsOf(connection: Connection, row: Row): readonly Question[] {
  return connection
    .statement(SELECT_QUESTIONS)
    .all(text(row, 'id'))
    .map((question) => {
      const answer = textOrNull(question['answer']);
      return {
        key: text(question, 'key'),
        request: text(question, 'request'),
        state: text(question, 'state') as Question['state'], // the table's CHECK says so
        ...(answer === null ? {} : { answer }),
      };
    });
}

function openOf(questions: readonly Question[]): readonly OpenQuestion[] {
  return questions.filter(({ state }) => state === 'open').map(({ key, request }) => ({ key, request }));
}

function numberOrNull(value: SqlValue | undefined): number | null {
  return value == null ? null : Number(value);
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value == null ? null : String(value);
}
