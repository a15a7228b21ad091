import type { TaskSnapshot, TaskStore } from '@switchyard/tasks';
import { pause } from './arena.ts';

const EVERY_MS = 60;

/** Asks for many tasks together, time and again, and tells each one's watcher what it is. */
export class Watcher {
  readonly #store: TaskStore;
  readonly #watched = new Map<string, (task: TaskSnapshot) => void>();
  #open = true;
  readonly #done: Promise<void>;

  constructor(store: TaskStore) {
    this.#store = store;
    this.#done = this.#look();
  }

  /** Resolves when the condition holds for the task; `look` is called with every state of it that is seen. */
  until(id: string, holds: (task: TaskSnapshot) => boolean): Promise<TaskSnapshot> {
    return new Promise((resolve) => {
      this.#watched.set(id, (task) => {
        if (!holds(task)) return;
        this.#watched.delete(id);
        resolve(task);
      });
    });
  }

  /** Whose end is still waited for. */
  get waiting(): readonly string[] {
    return [...this.#watched.keys()];
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#done;
  }

  async #look(): Promise<void> {
    while (this.#open) {
      const ids = [...this.#watched.keys()];
      // What cannot be reached now is asked again.
      const tasks = ids.length === 0 ? [] : await this.#store.get(ids).catch(() => []);
      for (const task of tasks) if (task !== undefined) this.#watched.get(task.id)?.(task);
      await pause(EVERY_MS);
    }
  }
}
