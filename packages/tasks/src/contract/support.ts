import type { Lease, NewTask, TaskDossier, TaskSnapshot } from '../state/row.ts';
import type { TaskStore } from '../store/store.ts';
import type { ClaimWish } from '../store/verbs.ts';

/** A behaviour and the check for it. */
export type Case = readonly [name: string, check: (world: ContractWorld) => Promise<void>];

export const MINUTE = 60_000;
export const LEASE_MS = 10_000;

/** A clock that stands still unless it is moved. */
export class ContractClock {
  now = 1_800_000_000_000;
}

/** Two handles on the same tasks, and the clock. */
export class ContractWorld {
  readonly a: TaskStore;
  readonly b: TaskStore;
  readonly #clock: ContractClock;

  constructor(a: TaskStore, b: TaskStore, clock: ContractClock) {
    this.a = a;
    this.b = b;
    this.#clock = clock;
  }

  get now(): number {
    return this.#clock.now;
  }

  pass(ms: number): void {
    this.#clock.now += ms;
  }

  /** Makes a task and gives its id. */
  async make(task: Partial<NewTask> = {}): Promise<string> {
    const [made] = await this.a.create([newTask(task)]);
    if (made?.created !== true) throw new Error('The task was not made.');
    return made.task.id;
  }

  /** Makes a task and claims it. */
  async hold(task: Partial<NewTask> = {}): Promise<Lease> {
    const id = await this.make(task);
    const claimed = await this.claim({ limit: 1 });
    same(
      claimed.map((one) => one.id),
      [id],
      'claimed',
    );
    return leaseOf(only(claimed));
  }

  async claim(wish: Partial<ClaimWish> = {}, store: TaskStore = this.b): Promise<readonly TaskDossier[]> {
    return (await store.claim({ ...CLAIM, ...wish })).tasks;
  }

  /** The task as it is, seen from the other handle. */
  async see(id: string): Promise<TaskSnapshot> {
    const [task] = await this.b.get([id]);
    if (task === undefined) throw new Error('There is no such task.');
    return task;
  }

  async dossier(id: string): Promise<TaskDossier> {
    const task = await this.b.inspect(id);
    if (task === undefined) throw new Error('There is no such task.');
    return task;
  }
}

const CLAIM: ClaimWish = { worker: 'worker-1', leaseMs: LEASE_MS, limit: 100, tools: [{ name: 'tool' }] };

/** A task with nothing special about it. */
export function newTask(task: Partial<NewTask> = {}): NewTask {
  return {
    id: crypto.randomUUID(),
    owner: 'owner',
    method: 'tools/call',
    tool: 'tool',
    params: '{"name":"tool"}',
    context: '{}',
    ttlMs: 60 * MINUTE,
    retentionMs: null,
    pollIntervalMs: 1000,
    priority: 0,
    ...task,
  };
}

export function leaseOf({ id, token }: Lease): Lease {
  return { id, token };
}

export function question(text: string): string {
  return JSON.stringify({ method: 'elicitation/create', params: { message: text } });
}

export function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`Expected one, found ${items.length}.`);
  return item;
}

/** Throws where two values differ as JSON does. */
export function same(found: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`${what}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}.`);
}

/** Resolves when the condition holds; rejects after five real seconds. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
