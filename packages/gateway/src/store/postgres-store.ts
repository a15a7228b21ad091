import type { Pool, PoolClient } from 'pg';
import { newerSchema, StoreError } from './error.ts';
import { conditionOf, type FilterDialect } from './filter.ts';
import { type Migration, POSTGRES_MIGRATIONS } from './migrations.ts';
import type { StoreContext } from './sqlite-store.ts';
import type { AuditQuery, AuditRow, AuditStore, Store, StoredValue, ValueStore } from './store.ts';

/** A store in PostgreSQL, which many gateways share. Its tables are in a schema of their own, which is made where it is not there. */
export function postgresStore(options: PostgresStoreOptions): Store {
  const database = new PostgresDatabase(options);
  return {
    audit: new PostgresAudit(database),
    values: new PostgresValues(database, options.clock),
    close: () => database.close(),
  };
}

/** Where a store in PostgreSQL is. */
export interface PostgresStoreOptions extends StoreContext {
  /** Without a password. */
  readonly url: string;
  readonly password: string | undefined;
  /** PEM of the authorities that may vouch for the server. */
  readonly ca: string | undefined;
  /** The schema that holds everything of ours. */
  readonly schema: string;
}

// ---

type Value = string | number | readonly (string | number)[];
type Row = Readonly<Record<string, unknown>>;

const CONNECTIONS = 4;
const TIMEOUT_MS = 10_000;
const IDLE_MS = 30_000;

/** Connections to one database: made with the first use, migrated once, and tried again with the next use where that failed. */
class PostgresDatabase {
  readonly schema: string;
  readonly #options: PostgresStoreOptions;
  #opening: Promise<Pool> | undefined;
  #closed = false;

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    this.schema = `"${options.schema.replaceAll('"', '""')}"`;
  }

  /** Runs one statement, a transaction of its own. */
  async run(sql: string, values: readonly Value[]): Promise<{ rows: readonly Row[]; count: number }> {
    if (this.#closed) throw new StoreError('closed', 'The store is closed');
    try {
      const pool = await this.#open();
      const { rows, rowCount } = await pool.query<Row>(sql, [...values]);
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
      await migrate(client, this.schema, POSTGRES_MIGRATIONS).finally(() => client.release());
      return pool;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }
}

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

function toStoreError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : error.name;
  if (code === UNIQUE_VIOLATION) return new StoreError('conflict', 'It is there already', error);
  return new StoreError('unavailable', `The store cannot be used now (${code})`, error);
}

const COLUMNS = 'chain, seq, prev, hash, body';

class PostgresAudit implements AuditStore {
  readonly #database: PostgresDatabase;
  readonly #table: string;

  constructor(database: PostgresDatabase) {
    this.#database = database;
    this.#table = `${database.schema}.audit`;
  }

  async append(rows: readonly AuditRow[]): Promise<void> {
    await this.#database.run(
      `INSERT INTO ${this.#table} (${COLUMNS})
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])`,
      [
        rows.map(({ chain }) => chain),
        rows.map(({ seq }) => seq),
        rows.map(({ prev }) => prev),
        rows.map(({ hash }) => hash),
        rows.map(({ body }) => body),
      ],
    );
  }

  async heads(limit: number): Promise<readonly { chain: string; seq: number; hash: string }[]> {
    const { rows } = await this.#database.run(
      `SELECT * FROM (SELECT DISTINCT ON (chain) ${COLUMNS}, at FROM ${this.#table} ORDER BY chain, seq DESC) AS heads
       ORDER BY at DESC, chain LIMIT $1`,
      [limit],
    );
    return rows.map(toRow);
  }

  async chains(): Promise<readonly string[]> {
    const { rows } = await this.#database.run(`SELECT DISTINCT chain FROM ${this.#table} ORDER BY 1`, []);
    return rows.map(({ chain }) => String(chain));
  }

  async read(chain: string, after: number, limit: number): Promise<readonly AuditRow[]> {
    const { rows } = await this.#database.run(
      `SELECT ${COLUMNS} FROM ${this.#table} WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [chain, after, limit],
    );
    return rows.map(toRow);
  }

  async find({ filter, order, after, limit }: AuditQuery): Promise<readonly AuditRow[]> {
    const { sql, values } = conditionOf(filter, DIALECT);
    const [beyond, direction] = order === 'oldest-first' ? ['>', 'ASC'] : ['<', 'DESC'];
    const place = (value: string | number) => `$${values.push(value)}`;
    const page =
      after === undefined
        ? ''
        : `AND (at, chain, seq) ${beyond} (${place(after.at)}, ${place(after.chain)}, ${place(after.seq)})`;
    const { rows } = await this.#database.run(
      `SELECT ${COLUMNS} FROM ${this.#table} WHERE ${sql} ${page}
       ORDER BY at ${direction}, chain ${direction}, seq ${direction} LIMIT ${place(limit)}`,
      values,
    );
    return rows.map(toRow);
  }

  async removeBefore(chain: string, seq: number): Promise<number> {
    const sql = `DELETE FROM ${this.#table} WHERE chain = $1 AND seq < $2`;
    return (await this.#database.run(sql, [chain, seq])).count;
  }
}

class PostgresValues implements ValueStore {
  readonly #database: PostgresDatabase;
  readonly #table: string;
  readonly #clock: () => number;

  constructor(database: PostgresDatabase, clock: () => number) {
    this.#database = database;
    this.#table = `${database.schema}.kept_values`;
    this.#clock = clock;
  }

  async get({ space, key }: { space: string; key: string }): Promise<StoredValue | undefined> {
    const { rows } = await this.#database.run(`SELECT * FROM ${this.#table} WHERE space = $1 AND key = $2`, [
      space,
      key,
    ]);
    return rows[0] === undefined ? undefined : toValue(rows[0]);
  }

  async list(space: string, page: { after?: string; limit: number }): Promise<readonly StoredValue[]> {
    const { rows } = await this.#database.run(
      `SELECT * FROM ${this.#table} WHERE space = $1 AND key > $2 ORDER BY key LIMIT $3`,
      [space, page.after ?? '', page.limit],
    );
    return rows.map(toValue);
  }

  async put(
    { space, key }: { space: string; key: string },
    value: string,
    seen: number,
  ): Promise<number | undefined> {
    const now = this.#clock();
    const sql =
      seen === 0
        ? `INSERT INTO ${this.#table} VALUES ($1, $2, $5 + 1, $3, $4) ON CONFLICT DO NOTHING`
        : `UPDATE ${this.#table} SET version = version + 1, value = $3, changed_at = $4
           WHERE space = $1 AND key = $2 AND version = $5`;
    const { count } = await this.#database.run(sql, [space, key, value, now, seen]);
    return count === 1 ? seen + 1 : undefined;
  }

  async remove({ space, key }: { space: string; key: string }, seen: number): Promise<boolean> {
    const sql = `DELETE FROM ${this.#table} WHERE space = $1 AND key = $2 AND version = $3`;
    return (await this.#database.run(sql, [space, key, seen])).count === 1;
  }
}

const DIALECT: FilterDialect = {
  at: 'at',
  placeholder: (count) => `$${count}`,
  text: (path) => `(body::json #>> '{${path.join(',')}}')`,
  decided: (placeholder) => `EXISTS (
    SELECT 1 FROM json_array_elements(body::json -> 'decisions') AS one WHERE one ->> 'decision' = ${placeholder})`,
};

function toRow(row: Row): AuditRow {
  const { chain, seq, prev, hash, body } = row;
  return {
    chain: String(chain),
    seq: Number(seq),
    prev: String(prev),
    hash: String(hash),
    body: String(body),
  };
}

function toValue(row: Row): StoredValue {
  return {
    key: String(row['key']),
    version: Number(row['version']),
    value: String(row['value']),
    changedAt: Number(row['changed_at']),
  };
}
