import type { InputRequest, InputResponse, JSONValue } from '@switchyard/wire';
import type { StepContext, TaskRun } from '../engine/task-run.ts';
import type { DetachedRunLike, HandlerContextLike } from './host.ts';

/** What a handler does with its task; the same where it runs at once, for a caller who does not know tasks. */
export interface TaskContext {
  /** The task's id; absent where the handler runs at once. */
  readonly id?: string;
  /** 1 for the first attempt; grows when a run failed or its worker died. */
  readonly attempt: number;
  /** Aborted when the task is cancelled, when the run takes too long, or when another worker has the task. */
  readonly signal: AbortSignal;
  /**
   * Does `work` once: its JSON result is kept across crashes. Where the worker dies before it is kept, `work` is done again: pass
   * `idempotencyKey` on to whatever can tell a repetition.
   */
  step<T extends JSONValue>(name: string, work: (step: StepContext) => T | Promise<T>): Promise<T>;
  /** Says how far the work is, for people. */
  progress(message: string): void;
  /** What `before` of the tool's option gave; where the handler runs at once, what `ask` gives now. */
  before<T extends JSONValue>(ask: () => T | Promise<T>): Promise<T>;
}

/** The handler's own ways to ask, under the task's name: what is asked is shown with the task, and its answer kept. */
export type TaskQuestions<Ctx> = Pick<Ctx, Extract<keyof Ctx, 'elicit' | 'elicitUrl'>>;

/** The task that a handler works on, from the handler's own context; it asks as that does. */
export function taskOf<Ctx extends HandlerContextLike>(ctx: Ctx): TaskContext & TaskQuestions<Ctx> {
  const task = ctx.detached instanceof TaskDetached ? ctx.detached.context : new InlineTask(ctx);
  return Object.assign(task, questionsOf(ctx));
}

/** The way from a handler's context to its run. */
export class TaskDetached implements DetachedRunLike {
  readonly context: TaskContext;
  readonly #run: TaskRun;

  constructor(run: TaskRun, before: JSONValue | undefined) {
    this.#run = run;
    this.context = {
      id: run.id,
      attempt: run.attempt,
      signal: run.signal,
      step: (name, work) => run.step(name, work),
      progress: (message) => run.progress(message),
      // What the option's `before` gave when the task was made; the author has tied the two together.
      before: async <T extends JSONValue>(ask: () => T | Promise<T>) =>
        before === undefined ? ask() : (before as T),
    };
  }

  step(name: string, work: () => JSONValue | Promise<JSONValue>): Promise<JSONValue> {
    return this.#run.step(name, work);
  }

  ask(question: InputRequest, options?: { readonly key?: string }): Promise<InputResponse> {
    return this.#run.ask(question, options);
  }

  progress(progress: number, total?: number, message?: string): void {
    this.#run.progress(message ?? (total === undefined ? `${progress}` : `${progress} of ${total}`));
  }
}

function questionsOf<Ctx extends HandlerContextLike>(ctx: Ctx): TaskQuestions<Ctx> {
  const questions: Record<string, unknown> = {};
  for (const name of ['elicit', 'elicitUrl']) {
    const ask: unknown = Reflect.get(ctx, name);
    if (typeof ask === 'function') questions[name] = ask.bind(ctx);
  }
  // The same functions.
  return questions as TaskQuestions<Ctx>;
}

/** A handler that runs while its caller waits: steps are those of input rounds, and progress is a number that grows. */
class InlineTask implements TaskContext {
  readonly attempt = 1;
  readonly #ctx: HandlerContextLike;
  #said = 0;

  constructor(ctx: HandlerContextLike) {
    this.#ctx = ctx;
  }

  get signal(): AbortSignal {
    return this.#ctx.signal;
  }

  step<T extends JSONValue>(name: string, work: (step: StepContext) => T | Promise<T>): Promise<T> {
    // Nothing outlives the request for which somebody could come again under the same key.
    const step = { idempotencyKey: crypto.randomUUID(), signal: this.signal };
    return this.#ctx.step(name, () => work(step));
  }

  progress(message: string): void {
    this.#said += 1;
    this.#ctx.progress(this.#said, undefined, message);
  }

  async before<T extends JSONValue>(ask: () => T | Promise<T>): Promise<T> {
    return ask();
  }
}
