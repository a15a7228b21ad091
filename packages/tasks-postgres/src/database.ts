import pg from 'pg';
import { isTransient, PostgresStoreError, toStoreError } from './error.ts';
import { NOW } from './names.ts';

/** Where the database is, and how it is spoken to. */
export interface DatabaseOptions {
  /** Where the database is: `postgres://user:password@host:port/name?sslmode=…`. What it leaves out comes from PGHOST and so on. */
  readonly connectionString?: string;
  /** The most connections for statements; listening takes one more. */
  readonly connections: number;
  /** How long connecting, and then each statement, may take before it counts as lost, in milliseconds. */
  readonly timeoutMs: number;
  /** What the connections are called in `pg_stat_activity`. */
  readonly applicationName: string;
  /** A clock in place of the database's, for tests: milliseconds since 1970. */
  readonly now: (() => number) | undefined;
}

/** A statement by its name: a connection prepares it at its first use. The same name is always the same text. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** A lock in the database. */
export interface Lock {
  readonly kind: number;
  /** A plain name, such as a schema's. */
  readonly name: string;
}

/** The values that our statements are given. */
export type Value = string | number | boolean | null | readonly (string | null)[];

/** Connections to one database. */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #pool: pg.Pool;
  #closed = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#pool = new pg.Pool({
      ...settings(options),
      max: options.connections,
      connectionTimeoutMillis: options.timeoutMs,
      // Connections are made when they are needed and given back when nothing is: a sleeping instance holds none.
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
      onConnect: async (client) => {
        // Whoever waits for a statement is told by that statement; nobody else needs to be.
        client.on('error', () => undefined);
        await client.query(SESSION);
      },
    });
    // An idle connection that breaks has been taken out already; the next statement makes a new one.
    this.#pool.on('error', () => undefined);
  }

  /** The rows of one statement, which is a transaction of its own. Rejects with `PostgresStoreError`. */
  async rows<Row extends pg.QueryResultRow>(
    statement: Prepared,
    values: readonly Value[],
  ): Promise<readonly Row[]> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closed) throw new PostgresStoreError('closed', 'The store is closed');
      try {
        return (await this.#pool.query<Row>(this.#query(statement, values))).rows;
      } catch (error) {
        if (!isTransient(error) || attempt === ATTEMPTS) throw toStoreError(error);
      }
    }
  }

  #query({ name, text }: Prepared, values: readonly Value[]): pg.QueryConfig {
    const { now } = this.#options;
    const common = { values: [...values], types: TYPES };
    return now === undefined
      ? { name, text, ...common }
      : { text: text.replaceAll(NOW, `${Math.floor(now())}::bigint`), ...common };
  }

  /**
   * The rows of a statement that runs alone among all that ask for the same lock. The lock is held before the statement begins,
   * and so it sees everything that those before it have done.
   */
  async alone<Row extends pg.QueryResultRow>(
    lock: Lock,
    statement: Prepared,
    values: readonly Value[],
  ): Promise<readonly Row[]> {
    return this.session(async (client) => {
      await client.query(beginAlone(lock));
      const { rows } = await client.query<Row>(this.#query(statement, values));
      await client.query('COMMIT');
      return rows;
    });
  }

  /** Lends one connection to work that needs several statements on the same one. Rejects with `PostgresStoreError`. */
  async session<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    try {
      const client = await this.#pool.connect();
      try {
        const result = await work(client);
        client.release();
        return result;
      } catch (error) {
        client.release(true);
        throw error;
      }
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** A connection outside the pool, for listening. */
  async listener(): Promise<pg.Client> {
    const client = new pg.Client({
      ...settings(this.#options),
      connectionTimeoutMillis: this.#options.timeoutMs,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }
}

/** Begins a transaction that has a lock; one whose client falls silent, because it is frozen, is ended by the server. */
export function beginAlone({ kind, name }: Lock): string {
  return `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${SILENCE_MS};
    SELECT pg_advisory_xact_lock(${kind}, hashtext('${name}'))`;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Longer than a busy instance takes from one statement to the next, and well below any lease. */
const SILENCE_MS = 1000;
const ATTEMPTS = 5;
const IDLE_MS = 30_000;

/**
 * Every statement has an index that fits it, whatever the statistics say of tables that are empty one minute and full the
 * next, and rows that are named are read one by one; so each is planned once for each connection.
 */
export const SESSION = `SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off;
  SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan; SET jit = off`;

/** Our whole numbers of eight bytes are times and counts, which a number holds exactly. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
};

function settings({ connectionString, timeoutMs, applicationName }: DatabaseOptions): pg.ClientConfig {
  return {
    ...(connectionString === undefined ? {} : { connectionString }),
    application_name: applicationName,
    keepAlive: true,
    // The server gives up a little before we do, so that a slow statement ends as an answer and not as a broken connection.
    statement_timeout: Math.ceil(timeoutMs * 0.9),
    query_timeout: timeoutMs,
  };
}
