import type { TaskEngine } from '../engine/engine.ts';
import type { TaskEnvironment } from '../engine/environment.ts';
import type { TaskSnapshot } from '../state/row.ts';
import { isTerminal } from '../state/status.ts';

/** Who hears of changes of a task. */
type Listener = (task: TaskSnapshot) => void;

/** What following needs. */
export interface FollowerParts {
  readonly engine: Pick<TaskEngine, 'get' | 'subscribe'>;
  readonly environment: TaskEnvironment;
  /** How often to ask in case that nobody told, in milliseconds. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

/** Tells streams of the tasks that they follow: each task is read once for all of them, whenever it may have changed. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #tasks = new Map<string, Followed>();
  #leave: (() => void) | undefined;
  #stopTimer: (() => void) | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Calls back with the task as it is now, and with every version that follows, but for those that another overtakes. */
  follow(id: string, owner: string, listener: Listener): () => void {
    const followed = this.#tasks.get(id) ?? { owner, listeners: new Map(), reading: false, again: false };
    this.#tasks.set(id, followed);
    followed.listeners.set(listener, 0);
    this.#leave ??= this.#parts.engine.subscribe((change) => this.#look(change.id));
    this.#stopTimer ??= this.#schedule();
    this.#look(id);
    return () => {
      followed.listeners.delete(listener);
      if (followed.listeners.size === 0 && this.#tasks.get(id) === followed) this.#tasks.delete(id);
      if (this.#tasks.size === 0) this.close();
    };
  }

  /** Stops listening. */
  close(): void {
    this.#leave?.();
    this.#leave = undefined;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #schedule(): () => void {
    return this.#parts.environment.after(this.#parts.pollMs, () => {
      for (const id of this.#tasks.keys()) this.#look(id);
      this.#stopTimer = this.#tasks.size === 0 ? undefined : this.#schedule();
    });
  }

  #look(id: string): void {
    const followed = this.#tasks.get(id);
    if (followed === undefined) return;
    followed.again = true;
    if (followed.reading) return;
    followed.reading = true;
    this.#read(id, followed).catch((error: unknown) => {
      followed.reading = false;
      this.#parts.onError(error);
    });
  }

  async #read(id: string, followed: Followed): Promise<void> {
    while (followed.again) {
      followed.again = false;
      // A task that is over does not change.
      if (followed.ended !== undefined) tell(followed, followed.ended);
      else {
        const task = await this.#parts.engine.get(id, followed.owner);
        if (task === undefined) continue;
        if (isTerminal(task.status)) followed.ended = task;
        tell(followed, task);
      }
    }
    followed.reading = false;
  }
}

interface Followed {
  readonly owner: string;
  /** With the version that each has seen. */
  readonly listeners: Map<Listener, number>;
  reading: boolean;
  again: boolean;
  ended?: TaskSnapshot;
}

function tell({ listeners }: Followed, task: TaskSnapshot): void {
  for (const [listener, seen] of [...listeners]) {
    if (task.version <= seen) continue;
    listeners.set(listener, task.version);
    listener(task);
  }
}
