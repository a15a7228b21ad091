import type { TaskChange } from '@switchyard/tasks';
import type { Connection, Row } from './connection.ts';
import { number, text } from './row.ts';
import { INSERT_CHANGE } from './statements/insert-change.ts';
import { LAST_CHANGE } from './statements/last-change.ts';
import { SELECT_CHANGES } from './statements/select-changes.ts';
import { first } from './turn.ts';

/** How changes of other processes are found. */
export interface ChangesOptions {
  /** Tells this store's changes from those of others. */
  readonly writer: string;
  /** How often to look, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Tells changes to whoever listens: those made here at once, those of other processes when it looks. It looks only while
 * somebody listens, and a look at a file that nobody has changed reads one number.
 */
export class Changes {
  readonly #connection: Connection;
  readonly #options: ChangesOptions;
  readonly #listeners = new Set<(change: TaskChange) => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #seen = 0;
  #dataVersion = -1;

  constructor(connection: Connection, options: ChangesOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    this.#listeners.add(listener);
    this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Leaves changes for other processes; part of the transaction that makes them. */
  record(changes: readonly TaskChange[]): void {
    const insert = this.#connection.statement(INSERT_CHANGE);
    for (const { id, due, cancelRequested } of changes)
      insert.run(this.#options.writer, id, due ? 1 : 0, cancelRequested ? 1 : 0);
  }

  /** Tells changes here. */
  tell(changes: readonly TaskChange[]): void {
    for (const change of changes) for (const listener of [...this.#listeners]) listener(change);
  }

  close(): void {
    this.#listeners.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    const last = first({ connection: this.#connection }, LAST_CHANGE, []);
    this.#seen = last === undefined ? 0 : number(last, 'number');
    this.#timer = setInterval(() => this.#look(), this.#options.everyMs);
    this.#timer.unref();
  }

  #look(): void {
    try {
      const version = this.#connection.dataVersion();
      if (version === this.#dataVersion) return;
      const rows = this.#connection.statement(SELECT_CHANGES).all(this.#seen, this.#options.writer);
      // A full page has more behind it, and so the next look reads on.
      if (rows.length < PAGE) this.#dataVersion = version;
      for (const row of rows) this.#seen = Math.max(this.#seen, number(row, 'number'));
      this.tell(rows.map(toChange));
    } catch {
      // The file is busy or out of reach at the moment: the next look comes soon, and whoever needs to know asks anyway.
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** As many rows as `SELECT_CHANGES` gives at once. */
const PAGE = 1000;

function toChange(row: Row): TaskChange {
  const change = { id: text(row, 'task_id'), due: row['due'] === 1 };
  return row['cancel_requested'] === 1 ? { ...change, cancelRequested: true } : change;
}
