import { newerSchema, StoreError } from './error.ts';
import type { Migration } from './migrations.ts';
import { openFile, toStoreError } from './sqlite-error.ts';

/** What SQLite keeps of ours. */
export type SqlValue = string | number | null;

/** A row by its columns' names. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** The part of `libsql/promise` that is used here; its own types are `any`. */
interface Driver {
  /** Runs on another thread. */
  exec(sql: string): Promise<void>;
  prepare(sql: string): Promise<DriverStatement>;
  close(): void;
}

interface DriverStatement {
  /** Runs on this thread: computation only, inside a transaction that is begun and committed on another. */
  run(values: readonly SqlValue[]): { readonly changes: number };
  all(...values: readonly SqlValue[]): Promise<SqlRow[]>;
}

/** What work on the database is done with. */
export interface SqliteSession {
  run(sql: string, values: readonly SqlValue[]): Promise<number>;
  all(sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
}

/** How often another process's lock is tried for, and the pause between; about five seconds in all. */
const LOCK_ATTEMPTS = 1000;
const LOCK_PAUSE_MS = 5;
/** Rows written after which the log is folded into the file. */
const ROWS_PER_CHECKPOINT = 2000;

/**
 * One file of SQLite. Opened with the first use, and again with the next one where that failed. What waits (for the disk,
 * for another process) does so on another thread; work is done one after the other.
 */
export class SqliteDatabase {
  readonly #file: string;
  readonly #migrations: readonly Migration[];
  readonly #statements = new Map<string, Promise<DriverStatement>>();
  #opening: Promise<Driver> | undefined;
  #folder: Driver | undefined;
  #folding: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #written = 0;
  #closed = false;

  constructor(file: string, migrations: readonly Migration[]) {
    this.#file = file;
    this.#migrations = migrations;
  }

  /** Does work that reads. */
  read<T>(work: (session: SqliteSession) => Promise<T>): Promise<T> {
    return this.#turn(async () => work(this.#session(await this.#open())));
  }

  /** Does work in one transaction that has the write lock from its start; where it throws, nothing has happened. */
  write<T>(work: (session: SqliteSession) => Promise<T>): Promise<T> {
    return this.#turn(async () => {
      const driver = await this.#open();
      const result = await transaction(driver, () => work(this.#session(driver)));
      this.#fold();
      return result;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last.catch(() => undefined);
    await this.#folding;
    const driver = await this.#opening?.catch(() => undefined);
    this.#statements.clear();
    this.#folder?.close();
    driver?.close();
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'The store is closed'));
    const mine = this.#last.then(work, work).catch((error: unknown) => {
      throw toStoreError(error);
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  #open(): Promise<Driver> {
    this.#opening ??= this.#connect().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #connect(): Promise<Driver> {
    const { default: Database } = await import('libsql/promise');
    // The driver has few threads: one that waited in SQLite for a lock could keep the holder of the lock from going on.
    const open = (): Driver => openFile(() => new Database(this.#file, { timeout: 0 }));
    const driver = open();
    try {
      await patiently(() => driver.exec('PRAGMA journal_mode = WAL'));
      await driver.exec('PRAGMA synchronous = NORMAL');
      // Folding the log into the file waits for the disk: it is done on a connection of its own.
      await driver.exec('PRAGMA wal_autocheckpoint = 0');
      await transaction(driver, () => migrate(driver, this.#migrations));
      this.#folder = open();
      return driver;
    } catch (error) {
      driver.close();
      throw error;
    }
  }

  #session(driver: Driver): SqliteSession {
    const statement = (sql: string): Promise<DriverStatement> => {
      const known = this.#statements.get(sql);
      if (known !== undefined) return known;
      const prepared = driver.prepare(sql);
      this.#statements.set(sql, prepared);
      // What failed once is tried again with the next use.
      prepared.catch(() => this.#statements.delete(sql));
      return prepared;
    };
    return {
      run: async (sql, values) => {
        const { changes } = (await statement(sql)).run(values);
        this.#written += changes;
        return changes;
      },
      all: async (sql, values) => (await statement(sql)).all(...values),
    };
  }

  #fold(): void {
    if (this.#written < ROWS_PER_CHECKPOINT || this.#folding !== undefined) return;
    this.#written = 0;
    const done = () => {
      this.#folding = undefined;
    };
    // Where it cannot be folded now, it is with the next rows.
    this.#folding = this.#folder?.exec('PRAGMA wal_checkpoint(PASSIVE)').then(done, done);
  }
}

// ---

async function transaction<T>(driver: Driver, work: () => Promise<T>): Promise<T> {
  await patiently(() => driver.exec('BEGIN IMMEDIATE'));
  try {
    const result = await work();
    await driver.exec('COMMIT');
    return result;
  } catch (error) {
    await driver.exec('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || attempt === LOCK_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

async function migrate(driver: Driver, migrations: readonly Migration[]): Promise<void> {
  await driver.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
  );
  const select = await driver.prepare('SELECT coalesce(max(number), 0) AS version FROM migrations');
  const [row] = await select.all();
  const before = Number(row?.['version'] ?? 0);
  const first = await (await driver.prepare('SELECT name FROM migrations WHERE number = 1')).all();
  if (first[0] !== undefined && first[0]['name'] !== migrations[0]?.name)
    throw new StoreError('foreign', "The file holds something else than a gateway's store: name another one");
  if (before > migrations.length) throw newerSchema(before, migrations.length);
  const record = await driver.prepare('INSERT INTO migrations (number, name) VALUES (?, ?)');
  for (const [index, { name, sql }] of migrations.slice(before).entries()) {
    await driver.exec(sql);
    record.run([before + index + 1, name]);
  }
}
