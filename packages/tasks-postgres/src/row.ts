import type { OpenQuestion, Question, TaskDossier, TaskSnapshot, TaskState } from '@switchyard/tasks';

/** The columns of a task's state. */
export interface StateRow {
  readonly id: string;
  readonly owner: string;
  readonly method: string;
  readonly tool: string;
  readonly status: TaskState['status'];
  readonly status_message: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly finished_at: number | null;
  readonly ttl_ms: number | null;
  readonly retention_ms: number | null;
  readonly poll_interval_ms: number;
  readonly version: number;
  readonly priority: number;
  readonly attempts: number;
  readonly due_at: number | null;
  readonly worker: string | null;
  readonly token: number;
  readonly cancel_requested: boolean;
  readonly idempotency_key: string | null;
}

/** What a get reads. */
export interface SnapshotRow extends StateRow {
  readonly result: string | null;
  readonly error: string | null;
  readonly open: readonly OpenQuestion[] | null;
}

/** What an inspection reads. */
export interface DossierRow extends StateRow {
  readonly result: string | null;
  readonly error: string | null;
  readonly params: string;
  readonly context: string;
  readonly steps: Readonly<Record<string, string>> | null;
  readonly questions: readonly QuestionRow[] | null;
}

/** What a claim reads; the ledger follows where there is one. */
export interface ClaimedRow extends StateRow {
  readonly params: string;
  readonly context: string;
  readonly ledger: boolean;
}

/** A question as a row of JSON. */
export interface QuestionRow extends OpenQuestion {
  readonly state: Question['state'];
  readonly answer: string | null;
}

export function toState(row: StateRow): TaskState {
  return {
    id: row.id,
    owner: row.owner,
    method: row.method,
    tool: row.tool,
    status: row.status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ttlMs: row.ttl_ms,
    retentionMs: row.retention_ms,
    pollIntervalMs: row.poll_interval_ms,
    version: row.version,
    priority: row.priority,
    attempts: row.attempts,
    dueAt: row.due_at,
    worker: row.worker,
    token: row.token,
    cancelRequested: row.cancel_requested,
    ...(row.status_message === null ? {} : { statusMessage: row.status_message }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.idempotency_key === null ? {} : { idempotencyKey: row.idempotency_key }),
  };
}

export function toSnapshot(row: SnapshotRow): TaskSnapshot {
  return { open: row.open ?? [], ...toState(row), ...outcomeOf(row) };
}

export function toDossier(row: DossierRow): TaskDossier {
  const questions = (row.questions ?? []).map(toQuestion);
  return {
    open: row.status === 'input_required' ? openOf(questions) : [],
    params: row.params,
    context: row.context,
    steps: row.steps ?? {},
    questions,
    ...toState(row),
    ...outcomeOf(row),
  };
}

/** The dossier of a task that has neither steps nor questions. */
export function toFreshDossier(row: ClaimedRow): TaskDossier {
  return { open: [], params: row.params, context: row.context, steps: {}, questions: [], ...toState(row) };
}

// ---------------------------------------------------------------------------------------------------------------------

function outcomeOf({
  result,
  error,
}: Pick<SnapshotRow, 'result' | 'error'>): Pick<TaskSnapshot, 'result' | 'error'> {
  return { ...(result === null ? {} : { result }), ...(error === null ? {} : { error }) };
}

function toQuestion({ key, request, state, answer }: QuestionRow): Question {
  return { key, request, state, ...(answer === null ? {} : { answer }) };
}

function openOf(questions: readonly Question[]): readonly OpenQuestion[] {
  return questions.filter(({ state }) => state === 'open').map(({ key, request }) => ({ key, request }));
}
