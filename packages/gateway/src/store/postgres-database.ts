import type { Pool, PoolClient } from 'pg';
import { newerSchema, StoreError } from './error.ts';
import { type Migration, POSTGRES_MIGRATIONS } from './migrations.ts';

/** Where a store in PostgreSQL is. */
export interface PostgresDatabaseOptions {
  /** Without a password. */
  readonly url: string;
  readonly password: string | undefined;
  /** PEM of the authorities that may vouch for the server. */
  readonly ca: string | undefined;
  /** The schema that holds everything of ours. */
  readonly schema: string;
}

/** The values that statements are given. */
export type PostgresValue = string | number | readonly (string | number)[];
/** A row by its columns' names. */
export type PostgresRow = Readonly<Record<string, unknown>>;

const CONNECTIONS = 4;
const TIMEOUT_MS = 10_000;
const IDLE_MS = 30_000;

/** Connections to one database: made with the first use, migrated once, and tried again with the next use where that failed. */
export class PostgresDatabase {
  readonly schema: string;
  readonly #options: PostgresDatabaseOptions;
  #opening: Promise<Pool> | undefined;
  #closed = false;

  constructor(options: PostgresDatabaseOptions) {
    this.#options = options;
    this.schema = `"${options.schema.replaceAll('"', '""')}"`;
  }

  /** Runs one statement, a transaction of its own. */
  async run(
    sql: string,
    values: readonly PostgresValue[],
  ): Promise<{ rows: readonly PostgresRow[]; count: number }> {
    if (this.#closed) throw new StoreError('closed', 'The store is closed');
    try {
      const pool = await this.#open();
      const { rows, rowCount } = await pool.query<PostgresRow>(sql, [...values]);
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const pool = await this.#opening?.catch(() => undefined);
    await pool?.end();
  }

  #open(): Promise<Pool> {
    this.#opening ??= this.#connect().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #connect(): Promise<Pool> {
    const { default: pg } = await import('pg');
    const { url, password, ca } = this.#options;
    const pool = new pg.Pool({
      connectionString: withPassword(url, password),
      ...(ca === undefined ? {} : { ssl: { ca } }),
      application_name: 'switchyard-gateway',
      max: CONNECTIONS,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
      keepAlive: true,
    });
    // An idle connection that breaks has been taken out already; the next statement makes a new one.
    pool.on('error', () => undefined);
    try {
      const client = await pool.connect();
      // The statement under way fails with it; without somebody to listen the process would end.
      client.on('error', () => undefined);
      await migrate(client, this.schema, POSTGRES_MIGRATIONS).finally(() => client.release());
      return pool;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }
}

// ---

/** "swya" and a digest of the schema's name: no other application's lock, and one for each schema. */
const LOCK = 'SELECT pg_advisory_xact_lock(1937209697, hashtext($1))';

async function migrate(client: PoolClient, schema: string, migrations: readonly Migration[]): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(LOCK, [schema]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    const table = `${schema}.gateway_migrations`;
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${table} (number integer PRIMARY KEY, name text NOT NULL)`,
    );
    const { rows } = await client.query<{ version: number }>(
      `SELECT coalesce(max(number), 0) AS version FROM ${table}`,
    );
    const before = rows[0]?.version ?? 0;
    if (before > migrations.length) throw newerSchema(before, migrations.length);
    for (const [index, { name, sql }] of migrations.slice(before).entries()) {
      await client.query(sql.replaceAll('{schema}', schema));
      await client.query(`INSERT INTO ${table} VALUES ($1, $2)`, [before + index + 1, name]);
    }
    await client.query('COMMIT');
  } catch (error) {
    // The connection may be what failed: the first error tells more than this one would.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function withPassword(url: string, password: string | undefined): string {
  if (password === undefined) return url;
  const whole = new URL(url);
  whole.password = encodeURIComponent(password);
  return whole.href;
}

const UNIQUE_VIOLATION = '23505';

/** What an operator can mend, by the driver's code or PostgreSQL's. */
const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  '28000': 'the server does not let this user in',
  '28P01': 'the password is wrong',
  '3D000': 'there is no such database',
  '42501': 'this user lacks the rights for it',
};

/** SQLSTATE of bad data, broken constraints, and limits of the program. */
const REFUSALS = /^(22|23|54)[0-9A-Z]{3}$/;

function toStoreError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : error.name;
  if (code === UNIQUE_VIOLATION) return new StoreError('conflict', 'It is there already', error);
  if (REFUSALS.test(code)) return new StoreError('refused', `The store does not take it (${code})`, error);
  const why = WHY[code];
  const told = why === undefined ? code : `${why}, ${code}`;
  return new StoreError('unavailable', `The store cannot be used now (${told})`, error);
}
