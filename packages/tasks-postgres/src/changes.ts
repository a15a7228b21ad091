import type { TaskChange } from '@switchyard/tasks';

/** How changes get from one instance to the others. */
export interface ChangesOptions {
  /** Tells this instance's messages from those of others. */
  readonly sender: string;
  /** Sends a message to all instances; what fails is lost. */
  readonly send: (message: string) => Promise<unknown>;
}

/**
 * Tells changes to whoever listens here at once, and to other instances soon after: what gathers while a message is on its
 * way goes with the next. It is no part of the transaction that made the change, since PostgreSQL lets transactions that notify
 * commit only one after the other.
 */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #listeners = new Set<(change: TaskChange) => void>();
  readonly #waiting = new Map<string, TaskChange>();
  #sending: Promise<void> | undefined;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something was changed here. */
  changed(change: TaskChange): void {
    this.#tell(change);
    this.#waiting.set(change.id, change);
    this.#sending ??= this.#send();
  }

  /** A message came, perhaps one's own. */
  received(message: string): void {
    const [sender, ...entries] = message.split(' ');
    if (sender === this.#options.sender) return;
    for (const entry of entries) this.#tell(toChange(entry));
  }

  /** Sends what is still to be sent and forgets who listens. */
  async close(): Promise<void> {
    await this.#sending;
    this.#listeners.clear();
  }

  #tell(change: TaskChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  async #send(): Promise<void> {
    // What changes in this very turn of the event loop goes with the first message.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const message = this.#take();
      await this.#options.send(message).catch(() => undefined);
    }
    this.#sending = undefined;
  }

  /** As many changes as a message holds. */
  #take(): string {
    const parts = [this.#options.sender];
    let length = this.#options.sender.length;
    for (const [id, change] of this.#waiting) {
      length += id.length + 2;
      if (length > MESSAGE_LENGTH && parts.length > 1) break;
      this.#waiting.delete(id);
      // A task's id is short and plain; a stranger's is not worth a message that fails.
      if (length <= MESSAGE_LENGTH && PLAIN.test(id)) parts.push(toEntry(change));
    }
    return parts.join(' ');
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** PostgreSQL takes less than 8000 bytes. */
const MESSAGE_LENGTH = 7500;
const PLAIN = /^[\x21-\x7e]+$/;
const [DUE, CANCEL, OTHER] = ['+', '!', '-'];

function toEntry({ id, due, cancelRequested }: TaskChange): string {
  return `${due ? DUE : cancelRequested ? CANCEL : OTHER}${id}`;
}

function toChange(entry: string): TaskChange {
  const change = { id: entry.slice(1), due: entry.startsWith(DUE) };
  return entry.startsWith(CANCEL) ? { ...change, cancelRequested: true } : change;
}
