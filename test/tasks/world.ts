import type {
  TaskDossier,
  TaskEngine,
  TaskEngineOptions,
  TaskEnvironment,
  TaskSnapshot,
  TaskStore,
} from '@switchyard/tasks';
import { createTaskEngine, memoryTaskStore } from '@switchyard/tasks';
import type { InputRequest, InputResponse, Result } from '@switchyard/wire';

export const OWNER = 'owner';

/** A question to whoever made a task. */
export function question(message: string): InputRequest {
  const requestedSchema = { type: 'object' as const, properties: { text: { type: 'string' as const } } };
  return { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema } };
}

export function accept(text: string): InputResponse {
  return { action: 'accept', content: { text } };
}

/** A result that says one thing. */
export function saying(text: string): Result {
  return { resultType: 'complete', content: [{ type: 'text', text }] };
}

/** Time that stands still unless it is moved, one store, and any number of instances, each of which can freeze or die. */
export class World {
  now = 1_800_000_000_000;
  readonly store: TaskStore = memoryTaskStore({ now: () => this.now });
  readonly errors: unknown[] = [];
  readonly #timers = new Set<Timer>();
  #seed = 1;

  /** An instance with an engine of its own. */
  instance(options: Partial<TaskEngineOptions> = {}): Instance {
    const instance = new Instance(this, (ms, callback) => this.#after(instance, ms, callback));
    const onError: TaskEngineOptions['onError'] = (error) => this.errors.push(error);
    const { environment } = instance;
    instance.engine = createTaskEngine({
      store: instance.guard(this.store),
      environment,
      onError,
      ...options,
    });
    return instance;
  }

  /** Lets time pass, timer by timer, and everything that follows from it happen. */
  async pass(ms = 0): Promise<void> {
    const until = this.now + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.now = Math.max(this.now, next.at);
      this.#timers.delete(next);
      next.callback();
      await settle();
    }
    this.now = until;
  }

  async see(id: string): Promise<TaskSnapshot> {
    const [task] = await this.store.get([id]);
    if (task === undefined) throw new Error(`There is no task ${id}.`);
    return task;
  }

  async dossier(id: string): Promise<TaskDossier> {
    const task = await this.store.inspect(id);
    if (task === undefined) throw new Error(`There is no task ${id}.`);
    return task;
  }

  /** The same numbers in every run of a test. */
  random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  #after(owner: Instance, ms: number, callback: () => void): () => void {
    const timer = { at: this.now + ms, callback, owner };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(until: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at, owner }) => at <= until && owner.isAwake);
    return due.sort((a, b) => a.at - b.at)[0];
  }
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  readonly owner: Instance;
}

/** One process, as far as tasks are concerned. */
export class Instance {
  readonly environment: TaskEnvironment;
  engine: TaskEngine = undefined as never; // set by the world before anybody sees it
  isAwake = true;
  /** Its name in the store. */
  worker: string | undefined;
  #frozen: (() => void)[] = [];

  constructor(world: World, after: TaskEnvironment['after']) {
    this.environment = {
      now: () => world.now,
      random: () => world.random(),
      randomId: (bits) => {
        const id = `id-${Math.floor(world.random() * 2 ** 31)}-${bits}`;
        // What an engine first makes is the name of its worker.
        this.worker ??= id;
        return id;
      },
      after,
    };
  }

  /** As SIGSTOP: no timer fires, and what it asks of the store waits. */
  freeze(): void {
    this.isAwake = false;
  }

  thaw(): void {
    this.isAwake = true;
    for (const go of this.#frozen.splice(0)) go();
  }

  /** As SIGKILL: a freeze without an end. */
  kill(): void {
    this.freeze();
  }

  /** The store as this instance reaches it. */
  guard(store: TaskStore): TaskStore {
    return new Proxy(store, {
      get: (target, name) => {
        const verb: unknown = Reflect.get(target, name);
        if (name === 'subscribe') {
          return (listener: (change: unknown) => void) =>
            target.subscribe((change) => {
              if (this.isAwake) listener(change);
            });
        }
        if (typeof verb !== 'function') return verb;
        return async (...args: unknown[]) => {
          while (!this.isAwake) await new Promise<void>((resolve) => this.#frozen.push(resolve));
          const answer: unknown = await verb.apply(target, args);
          while (!this.isAwake) await new Promise<void>((resolve) => this.#frozen.push(resolve));
          return answer;
        };
      },
    });
  }
}

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
