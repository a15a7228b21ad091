import type { JSONValue } from '@switchyard/wire';
import type { TaskSnapshot } from '../state/row.ts';
import type { TaskStore } from '../store/store.ts';
import type { Answered, CancelOutcome, TaskChange } from '../store/verbs.ts';
import { batched } from './batch.ts';
import { createTask } from './create.ts';
import { TaskLimitError } from './errors.ts';
import type { Handled } from './handled.ts';
import { lazyTaskTelemetry } from './lazy-telemetry.ts';
import type { TaskEngineOptions } from './options.ts';
import { resolveOptions } from './options.ts';
import type { TaskPolicy } from './policy.ts';
import { resolvePolicy } from './policy.ts';
import type { TaskCreation, TaskRequest } from './request.ts';
import { Sweeper } from './sweeper.ts';
import type { TaskHandler } from './task-run.ts';
import { Workshop } from './workshop.ts';

/** Runs the tasks of a store on this instance, beside any number of others. */
export interface TaskEngine {
  /** Runs tasks of this tool from now on; a handler that it had before is replaced. Throws `TypeError` for a policy that is not sound. */
  handle(tool: string, handler: TaskHandler, policy?: TaskPolicy): void;
  /** Runs no more tasks of this tool; they wait for an instance that does. */
  unhandle(tool: string): void;
  /** Begins to look for work. */
  start(): void;
  /** Makes a task; when it resolves, the task is kept. Rejects with `TaskLimitError` where a limit is reached. */
  create(request: TaskRequest): Promise<TaskCreation>;
  /** A task of this owner. */
  get(id: string, owner: string): Promise<TaskSnapshot | undefined>;
  /** Takes answers to open questions of a task of this owner. They must have been checked. Rejects with `TaskLimitError` for too much of them. */
  answer(
    id: string,
    owner: string,
    answers: Readonly<Record<string, JSONValue>>,
  ): Promise<Answered | undefined>;
  /** Cancels a task of this owner. */
  cancel(id: string, owner: string): Promise<CancelOutcome | undefined>;
  /** Calls back when a task may have changed; returns the way to stop. */
  subscribe(listener: (change: TaskChange) => void): () => void;
  /**
   * Takes no new work and waits for what is under way, at most `timeoutMs` milliseconds; what then still runs is broken off, and
   * others go on with it at once. The store stays open. @default 5000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Makes an engine. Throws `TypeError` for options that are not sound. */
export function createTaskEngine(options: TaskEngineOptions): TaskEngine {
  return new Engine(options);
}

class Engine implements TaskEngine {
  readonly #store: TaskStore;
  readonly #handled = new Map<string, Handled>();
  readonly #workshop: Workshop;
  readonly #sweeper: Sweeper;
  readonly #answersSize: number;
  readonly #get: (wish: Wish) => Promise<TaskSnapshot | undefined>;
  readonly #create: (request: TaskRequest) => Promise<TaskCreation>;

  constructor(options: TaskEngineOptions) {
    const resolved = resolveOptions(options);
    const { store } = resolved;
    this.#store = store;
    this.#answersSize = resolved.limits.answersSize;
    const telemetry = lazyTaskTelemetry(resolved);
    this.#workshop = new Workshop({ options: resolved, handled: this.#handled, telemetry });
    this.#sweeper = new Sweeper(resolved);
    this.#get = batched((wishes: readonly Wish[]) => {
      const owners = wishes.map(({ owner }) => owner);
      return store.get(
        wishes.map(({ id }) => id),
        owners,
      );
    });
    this.#create = createTask({
      options: resolved,
      handled: this.#handled,
      workshop: this.#workshop,
      telemetry,
    });
  }

  handle(tool: string, handler: TaskHandler, policy: TaskPolicy = {}): void {
    this.#handled.set(tool, { handler, policy: resolvePolicy(policy) });
    this.#workshop.wake();
  }

  unhandle(tool: string): void {
    this.#handled.delete(tool);
  }

  start(): void {
    this.#workshop.start();
    this.#sweeper.start();
  }

  create(request: TaskRequest): Promise<TaskCreation> {
    return this.#create(request);
  }

  async get(id: string, owner: string): Promise<TaskSnapshot | undefined> {
    const task = await this.#get({ id, owner });
    // A store of somebody's own may know nothing of owners.
    return task?.owner === owner ? task : undefined;
  }

  async answer(
    id: string,
    owner: string,
    answers: Readonly<Record<string, JSONValue>>,
  ): Promise<Answered | undefined> {
    const texts = Object.entries(answers).map(([key, answer]) => [key, JSON.stringify(answer)] as const);
    const most = this.#answersSize;
    if (texts.reduce((size, [, text]) => size + text.length, 0) > most)
      throw new TaskLimitError(
        'answers-too-large',
        `The answers of one update can have at most ${most} characters.`,
      );
    return this.#store.answer({ id, owner, answers: Object.fromEntries(texts) });
  }

  cancel(id: string, owner: string): Promise<CancelOutcome | undefined> {
    return this.#store.cancel({ id, owner });
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    return this.#store.subscribe(listener);
  }

  async close({ timeoutMs = 5000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#sweeper.stop();
    await this.#workshop.close(timeoutMs);
  }
}

/** Whose task is asked for. */
interface Wish {
  readonly id: string;
  readonly owner: string;
}
