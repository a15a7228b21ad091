import type { OpenQuestion, Question, TaskDossier, TaskSnapshot, TaskState } from './row.ts';

/** All that is kept of a task; what is open follows from the ledger. */
export type TaskRow = Omit<TaskDossier, 'open'>;

/** The row with what is open. */
export function toDossier(row: TaskRow): TaskDossier {
  return { ...row, open: row.status === 'input_required' ? openIn(row.questions) : [] };
}

/** The row as its owner may see it. */
export function toSnapshot(row: TaskRow): TaskSnapshot {
  const { params, context, steps, questions, ...snapshot } = toDossier(row);
  return snapshot;
}

/** The row without payloads. */
export function toState(row: TaskRow): TaskState {
  const { open, result, error, ...state } = toSnapshot(row);
  return state;
}

/** The questions that wait for an answer. */
export function openIn(questions: readonly Question[]): readonly OpenQuestion[] {
  return questions.filter(({ state }) => state === 'open').map(({ key, request }) => ({ key, request }));
}
