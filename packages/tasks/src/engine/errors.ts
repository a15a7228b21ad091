/** Why a run was broken off. */
export type InterruptCode =
  /** Somebody cancelled the task. */
  | 'cancelled'
  /** Another worker has the task, or it is over. */
  | 'lost'
  /** The run took longer than it may. */
  | 'time-limit'
  /** The task waits for answers, and this run is not kept in memory any longer. */
  | 'suspended'
  /** This instance stops; another goes on. */
  | 'closing';

/**
 * Breaks off a run: the reason of its `signal`, and what its steps and questions reject with from then on.
 * A handler lets go of what it holds and ends; nothing that it does afterwards counts.
 */
export class TaskInterrupted extends Error {
  override readonly name = 'TaskInterrupted';
  readonly code: InterruptCode;

  constructor(code: InterruptCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}

/** Why a task was not made, an answer not taken, or a task had to fail. */
export type TaskLimitCode =
  | 'too-many-tasks'
  | 'key-reused'
  | 'params-too-large'
  | 'answers-too-large'
  | 'result-too-large'
  | 'step-too-large'
  | 'too-many-steps'
  | 'too-many-questions';

/** A limit of the engine has been reached. */
export class TaskLimitError extends Error {
  override readonly name = 'TaskLimitError';
  readonly code: TaskLimitCode;

  constructor(code: TaskLimitCode, message: string) {
    super(message);
    this.code = code;
  }
}

const MESSAGES: Readonly<Record<InterruptCode, string>> = {
  cancelled: 'The task was cancelled.',
  lost: 'This run has lost the task: another worker has it, or it is over.',
  'time-limit': 'This run of the task took too long.',
  suspended: 'The task waits for answers; it will be run again from the top.',
  closing: 'This instance is shutting down; another will go on with the task.',
};
