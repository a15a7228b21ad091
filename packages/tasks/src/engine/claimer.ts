import type { TaskDossier } from '../state/row.ts';
import type { ClaimableTool } from '../store/verbs.ts';
import type { Handled } from './handled.ts';
import type { ResolvedOptions } from './options.ts';

/** What claiming needs. */
export interface ClaimerParts {
  readonly options: ResolvedOptions;
  readonly worker: string;
  readonly handled: ReadonlyMap<string, Handled>;
  /** For how many tasks there is room. */
  readonly room: () => number;
  readonly take: (task: TaskDossier) => void;
  /** Called when no claim is under way any more. */
  readonly rest: () => void;
}

/** The shortest wait for what is about to fall due, in milliseconds: clocks of stores are coarse, and a limit may hold it back. */
const SOON_MS = 5;

/** Looks for work: when it is told of some, and from time to time in case that it was not. */
export class Claimer {
  readonly #parts: ClaimerParts;
  #open = false;
  #dry = false;
  #claiming = false;
  #claimAgain = false;
  #stopTimer: (() => void) | undefined;

  constructor(parts: ClaimerParts) {
    this.#parts = parts;
  }

  /** Whether the last claim found less than there was room for, and nothing has been heard of since. */
  get isDry(): boolean {
    return this.#dry;
  }

  /** Whether the store has been asked, and has not answered yet. */
  get isClaiming(): boolean {
    return this.#claiming;
  }

  start(): void {
    this.#open = true;
    this.wake();
  }

  stop(): void {
    this.#open = false;
    this.#stopTimer?.();
  }

  /** Looks for work now. */
  wake(): void {
    this.#dry = false;
    if (!this.#open) return;
    this.#claimAgain = true;
    if (this.#claiming) return;
    this.#claiming = true;
    // It tells of its own errors.
    void this.#claimAll();
  }

  async #claimAll(): Promise<void> {
    let nextInMs: number | undefined;
    try {
      while (this.#claimAgain && this.#open) {
        this.#claimAgain = false;
        nextInMs = await this.#claimSome();
      }
    } catch (error) {
      this.#parts.options.onError(error, { where: 'claiming tasks' });
    }
    this.#claiming = false;
    this.#schedule(nextInMs);
    this.#parts.rest();
  }

  /** Claims as much as there is room for; gives how long it is until more is due, where the store knows. */
  async #claimSome(): Promise<number | undefined> {
    const { options, worker, handled, room, take } = this.#parts;
    const { store, leaseMs, perOwner } = options;
    const limit = room();
    const tools = [...handled].map(([name, { policy }]): ClaimableTool => {
      return policy.concurrency === undefined ? { name } : { name, atMost: policy.concurrency };
    });
    if (limit <= 0 || tools.length === 0) return undefined;
    this.#dry = true;
    const wish = { worker, leaseMs, limit, tools };
    const { tasks, nextInMs } = await store.claim(perOwner === undefined ? wish : { ...wish, perOwner });
    for (const task of tasks) take(task);
    if (tasks.length < limit) return nextInMs;
    this.#dry = false;
    this.#claimAgain = true;
    return undefined;
  }

  #schedule(nextInMs = Number.POSITIVE_INFINITY): void {
    const { environment, pollMs } = this.#parts.options;
    this.#stopTimer?.();
    if (!this.#open) return;
    const jittered = pollMs * (0.9 + 0.1 * environment.random());
    this.#stopTimer = environment.after(Math.min(jittered, Math.max(nextInMs, SOON_MS)), () => this.wake());
  }
}
