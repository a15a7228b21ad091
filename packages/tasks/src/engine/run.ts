import type { InputRequest, InputResponse, JSONObject, JSONValue, Result } from '@switchyard/wire';
import type { Lease, TaskDossier } from '../state/row.ts';
import type { TaskEnvironment } from './environment.ts';
import type { InterruptCode } from './errors.ts';
import { TaskInterrupted } from './errors.ts';
import { Ledger } from './ledger.ts';
import type { ResolvedOptions } from './options.ts';
import { Progress } from './progress.ts';
import { StepLog } from './step-log.ts';
import type { QuestionOptions, Settled, StepContext, TaskHandler, TaskRun } from './task-run.ts';
import { isName } from './text.ts';
import type { Writer } from './writer.ts';
import { persist } from './writer.ts';

/** What a run needs of its engine. */
export interface RunParts {
  readonly handler: TaskHandler;
  readonly writer: Writer;
  readonly options: ResolvedOptions;
  /** How long it may take. */
  readonly runMs: number;
  /** Called when it has given up its lease to wait for answers. */
  readonly parked: (run: Run) => void;
}

interface Waiting {
  readonly resolve: (answer: InputResponse) => void;
  readonly reject: (error: unknown) => void;
}

/** One run of a task on this instance, from its claim until it settles or is broken off. */
export class Run implements TaskRun {
  readonly id: string;
  readonly tool: string;
  readonly attempt: number;
  readonly params: JSONObject;
  readonly context: JSONValue;
  readonly #parts: RunParts;
  readonly #environment: TaskEnvironment;
  readonly #controller = new AbortController();
  readonly #ledger: Ledger;
  readonly #steps: StepLog;
  readonly #progress: Progress;
  readonly #waiting = new Map<string, Waiting[]>();
  #token: number;
  #state: 'held' | 'suspending' | 'parked' | 'over' = 'held';
  #resumed: (() => void)[] = [];
  #syncing = false;
  #syncAgain = false;
  #stopClock: (() => void) | undefined;
  #settle: (settled: Settled) => void = () => undefined;

  constructor(task: TaskDossier, parts: RunParts) {
    const { options, writer } = parts;
    this.id = task.id;
    this.tool = task.tool;
    this.attempt = task.attempts + 1;
    // What the engine wrote when the task was made.
    this.params = JSON.parse(task.params) as JSONObject;
    this.context = (JSON.parse(task.context) as { readonly of: JSONValue }).of;
    this.#parts = parts;
    this.#environment = options.environment;
    this.#token = task.token;
    this.#ledger = new Ledger(task.questions, options.limits.questions);
    this.#steps = new StepLog(task.steps, {
      save: (name, result) => this.#write(() => writer.saveStep({ lease: this.lease, name, result })),
      idle: () => this.#sync(),
      maxSteps: options.limits.steps,
      maxSize: options.limits.stepSize,
    });
    const report = (statusMessage: string) => writer.report({ lease: this.lease, statusMessage });
    this.#progress = new Progress(report, { environment: this.#environment, everyMs: options.progressMs });
  }

  get lease(): Lease {
    return { id: this.id, token: this.#token };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Whether it is giving up its lease. */
  get isSuspending(): boolean {
    return this.#state === 'suspending';
  }

  /** Whether it waits for an answer that may be there already. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Runs the handler; resolves when it settles, or is given up. Never rejects. */
  start(): Promise<Settled> {
    this.#startClock();
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#handle().then(
        (result) => resolve({ ok: true, result }),
        (error: unknown) => resolve({ ok: false, error }),
      );
    });
  }

  async step<T extends JSONValue>(name: string, work: (step: StepContext) => T | Promise<T>): Promise<T> {
    checkName('step', name);
    // What is kept under this name is what `work` returned, in this run or an earlier one.
    if (this.#steps.has(name)) return (await this.#steps.run(name, () => undefined)) as T;
    await this.#held();
    const step = { idempotencyKey: `${this.id}:${name}`, signal: this.signal };
    return (await this.#steps.run(name, () => work(step))) as T;
  }

  async ask(request: InputRequest, { key }: QuestionOptions = {}): Promise<InputResponse> {
    if (key !== undefined) checkName('question', key);
    if (this.signal.aborted) throw this.signal.reason;
    const known = this.#ledger.ask(request, key);
    if (known.state === 'answered') return known.answer;
    this.#sync();
    return new Promise((resolve, reject) => {
      this.#waiting.set(known.key, [...(this.#waiting.get(known.key) ?? []), { resolve, reject }]);
    });
  }

  progress(message: string): void {
    if (!this.isOver) this.#progress.say(message);
  }

  /** Goes on with what the store has now: after a claim of the task that was parked, or when answers may have come. */
  resume({ token, questions, steps }: Pick<TaskDossier, 'token' | 'questions' | 'steps'>): void {
    this.#token = token;
    this.#ledger.update(questions);
    this.#steps.update(steps);
    for (const [key, waiting] of [...this.#waiting]) {
      const known = this.#ledger.answerOf(key);
      if (known === undefined) continue;
      this.#waiting.delete(key);
      for (const { resolve } of waiting) resolve(known.answer);
    }
    if (this.#state === 'parked') {
      this.#state = 'held';
      this.#startClock();
      for (const go of this.#resumed.splice(0)) go();
    }
    if (this.#waiting.size > 0) this.#sync();
  }

  /**
   * Breaks it off. Where the lease is still ours, the handler has a moment to let go of things, and its steps still count; for
   * every other reason nothing that it does counts any more.
   */
  interrupt(code: InterruptCode): void {
    if (this.isOver || this.signal.aborted) return;
    const reason = new TaskInterrupted(code);
    const graceful = code === 'cancelled' || code === 'time-limit';
    if (!graceful) this.end();
    this.#controller.abort(reason);
    for (const waiting of this.#waiting.values()) for (const { reject } of waiting) reject(reason);
    this.#waiting.clear();
    const giveUp = () => this.#settle({ ok: false, error: reason });
    if (graceful) this.#environment.after(this.#parts.options.graceMs, giveUp);
    else giveUp();
  }

  /** Takes no more part in anything; gives the progress message that has not been shown yet. */
  end(): string | undefined {
    this.#state = 'over';
    this.#stopClock?.();
    for (const go of this.#resumed.splice(0)) go();
    return this.#progress.end();
  }

  async #handle(): Promise<Result> {
    return this.#parts.handler(this);
  }

  /** Resolves once the lease is held; rejects where it never will be. */
  async #held(): Promise<void> {
    while (this.#state === 'suspending' || this.#state === 'parked')
      await new Promise<void>((resolve) => this.#resumed.push(resolve));
    if (this.isOver) throw this.signal.reason ?? new TaskInterrupted('lost');
  }

  async #write(write: () => Promise<boolean>): Promise<void> {
    const written = await persist(write, { environment: this.#environment, over: () => this.isOver });
    if (written) return;
    this.interrupt('lost');
    throw new TaskInterrupted('lost');
  }

  /** Writes new questions, and gives up the lease where there is nothing to do but wait for answers. */
  #sync(): void {
    this.#syncAgain = true;
    if (this.#syncing) return;
    this.#syncing = true;
    this.#syncAll().catch(() => this.interrupt('lost'));
  }

  async #syncAll(): Promise<void> {
    try {
      while (this.#syncAgain && !this.signal.aborted) {
        this.#syncAgain = false;
        // Whatever the handler starts in the same breath, such as a second question, goes with this.
        await new Promise<void>((resolve) => this.#environment.after(0, resolve));
        if (!this.isOver && !this.signal.aborted) await this.#syncOnce();
      }
    } finally {
      this.#syncing = false;
    }
  }

  async #syncOnce(): Promise<void> {
    const suspend = this.#state === 'held' && this.#waiting.size > 0 && this.#steps.active === 0;
    if (!suspend && !this.#ledger.hasFresh) return;
    const { questions, withdraw } = this.#ledger.changes();
    const changes = { questions, withdraw: suspend ? withdraw : [] };
    if (suspend) this.#state = 'suspending';
    const ask = { lease: this.lease, ...changes, suspend };
    const over = () => this.isOver;
    const asked = await persist(() => this.#parts.writer.ask(ask), { environment: this.#environment, over });
    if (asked === undefined) {
      this.interrupt('lost');
      return;
    }
    this.#ledger.written(changes);
    if (!suspend || this.#state !== 'suspending') return;
    this.#state = 'parked';
    this.#stopClock?.();
    this.#parts.parked(this);
  }

  #startClock(): void {
    this.#stopClock?.();
    this.#stopClock = this.#environment.after(this.#parts.runMs, () => this.interrupt('time-limit'));
  }
}

function checkName(what: string, name: unknown): void {
  if (isName(name)) return;
  throw new TypeError(
    `The name of a ${what} must have 1 to 200 characters, none of them a control character.`,
  );
}
