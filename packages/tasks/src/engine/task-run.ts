import type { InputRequest, InputResponse, JSONObject, JSONValue, Result } from '@switchyard/wire';

/** One run of a task, as its handler sees it. */
export interface TaskRun {
  readonly id: string;
  readonly tool: string;
  /** 1 for the first attempt; grows when a run failed or its worker died. */
  readonly attempt: number;
  /** The params of the request that made the task. */
  readonly params: JSONObject;
  /** What else was kept of that request. */
  readonly context: JSONValue;
  /** Aborted when the run is broken off; its reason is a `TaskInterrupted`. */
  readonly signal: AbortSignal;

  /**
   * Does `work` once: its JSON result is kept, and given to every later run without doing it again. What has been done when the
   * worker dies before the result is kept is done again: pass `idempotencyKey` on to whatever can tell a repetition.
   * Everything that takes long, or has an effect outside, belongs into a step. Names are of one task, and up to 200 characters.
   */
  step<T extends JSONValue>(name: string, work: (step: StepContext) => T | Promise<T>): Promise<T>;

  /**
   * Asks whoever made the task, and resolves with the answer, however much later, on whichever instance: if it takes long, in
   * another run. Questions asked at the same time are shown together; what was answered is not asked again.
   */
  ask(request: InputRequest, options?: QuestionOptions): Promise<InputResponse>;

  /** Says how far the work is, for people. The last message of a moment is shown. */
  progress(message: string): void;
}

/** What a step has to work with. */
export interface StepContext {
  /** The same for every try of this step of this task, and for no other step. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** How a question is told apart from others. */
export interface QuestionOptions {
  /** Names the question; needed only where the order of questions can differ between runs. Up to 200 characters. */
  readonly key?: string;
}

/** Does the work of a task and gives the result of its request. */
export type TaskHandler = (run: TaskRun) => Result | Promise<Result>;

/** How a pass of a handler ended. */
export type Settled =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: unknown };
