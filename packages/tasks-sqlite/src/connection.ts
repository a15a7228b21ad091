import Database from 'libsql';
import { SqliteStoreError, toStoreError } from './error.ts';

/** What SQLite stores of ours: booleans are 0 and 1, JSON is text. */
export type SqlValue = string | number | null;

/** A row by its columns' names. */
export type Row = Readonly<Record<string, SqlValue>>;

/** A statement, prepared once for as long as the connection lives. */
export interface Statement {
  /** Runs it and returns how many rows it changed. */
  run(...values: readonly SqlValue[]): number;
  /** Runs it and returns its rows. */
  all(...values: readonly SqlValue[]): readonly Row[];
}

/** How a commit reaches the disk. */
export type Durability =
  /** What was committed survives a power failure: every commit waits for the disk. */
  | 'full'
  /** What was committed survives the death of every process, but a power failure may take back the last commits. */
  | 'process';

/** One connection to the file. Everything is synchronous: SQLite runs in this process. */
export class Connection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();

  /** Opens the file and creates it where it is not there. Throws `SqliteStoreError`. */
  constructor(file: string, durability: Durability) {
    this.#database = open(file);
    try {
      this.#configure(durability);
    } catch (error) {
      this.#database.close();
      throw toStoreError(error);
    }
  }

  /** Runs SQL that gives no rows. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** The statement of this SQL, prepared at its first use. */
  statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    const statement: Statement = {
      run: (...values) => prepared.run(values).changes,
      all: (...values) => prepared.all(values) as Row[], // the tables hold text, integers and null only
    };
    this.#statements.set(sql, statement);
    return statement;
  }

  /**
   * Runs work in one transaction that has the write lock from its start, so that nothing it read can change before it
   * writes. Where the work throws, nothing has happened. Throws what SQLite throws.
   */
  immediately<T>(work: () => T): T {
    this.statement('BEGIN IMMEDIATE').run();
    try {
      const result = work();
      this.statement('COMMIT').run();
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.statement('ROLLBACK').run();
      throw error;
    }
  }

  /** A number that differs from the last time where another connection has changed the file. */
  dataVersion(): number {
    const [row] = this.statement('PRAGMA data_version').all();
    return Number(row?.['data_version']);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #configure(durability: Durability): void {
    this.exec('PRAGMA journal_mode = WAL');
    this.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    this.exec('PRAGMA foreign_keys = ON');
  }

  /** From now on a held lock is reported at once: whoever waits then does so without stopping this process's event loop. */
  neverWait(): void {
    this.exec('PRAGMA busy_timeout = 0');
  }
}

/** Opening and migrating wait for other processes here, before anything else runs. */
const OPEN_TIMEOUT_MS = 10_000;

function open(file: string): Database.Database {
  try {
    return new Database(file, { timeout: OPEN_TIMEOUT_MS });
  } catch (cause) {
    // The driver gives this error no code.
    const message = 'The file cannot be opened: is its folder there, and writable?';
    throw new SqliteStoreError('not-writable', message, { cause });
  }
}
