import { conditionOf, type FilterDialect } from './filter.ts';
import { PostgresDatabase, type PostgresDatabaseOptions, type PostgresRow } from './postgres-database.ts';
import type { StoreContext } from './sqlite-store.ts';
import type { AuditQuery, AuditRow, AuditStore, Store, StoredValue, ValueStore } from './store.ts';

/** A store in PostgreSQL, which many gateways share. Its tables are in a schema of their own, which is made where it is not there. */
export function postgresStore(options: PostgresDatabaseOptions & StoreContext): Store {
  const database = new PostgresDatabase(options);
  return {
    audit: new PostgresAudit(database),
    values: new PostgresValues(database, options.clock),
    close: () => database.close(),
  };
}

// ---

const COLUMNS = 'chain, seq, prev, hash, body';
/** No statement may take longer than connections wait. */
const REMOVED_TOGETHER = 10_000;

class PostgresAudit implements AuditStore {
  readonly #database: PostgresDatabase;
  readonly #table: string;
  /** The names of all chains, from one to the next: there are few of them, and many rows. */
  readonly #chains: string;

  constructor(database: PostgresDatabase) {
    this.#database = database;
    this.#table = `${database.schema}.audit`;
    this.#chains = `WITH RECURSIVE chains(name) AS ((SELECT min(chain) FROM ${this.#table})
      UNION ALL SELECT (SELECT min(chain) FROM ${this.#table} WHERE chain > name) FROM chains WHERE name IS NOT NULL)`;
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
      `${this.#chains} SELECT head.* FROM chains CROSS JOIN LATERAL
         (SELECT ${COLUMNS}, at FROM ${this.#table} WHERE chain = name ORDER BY seq DESC LIMIT 1) AS head
       ORDER BY at DESC, chain LIMIT $1`,
      [limit],
    );
    return rows.map(toRow);
  }

  async chains(): Promise<readonly string[]> {
    const sql = `${this.#chains} SELECT name FROM chains WHERE name IS NOT NULL ORDER BY name`;
    const { rows } = await this.#database.run(sql, []);
    return rows.map(({ name }) => String(name));
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
    const sql = `DELETE FROM ${this.#table} WHERE chain = $1
      AND seq < least($2, (SELECT min(seq) FROM ${this.#table} WHERE chain = $1) + ${REMOVED_TOGETHER})`;
    for (let total = 0; ; ) {
      const { count } = await this.#database.run(sql, [chain, seq]);
      if (count === 0) return total;
      total += count;
    }
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

function toRow(row: PostgresRow): AuditRow {
  const { chain, seq, prev, hash, body } = row;
  return {
    chain: String(chain),
    seq: Number(seq),
    prev: String(prev),
    hash: String(hash),
    body: String(body),
  };
}

function toValue(row: PostgresRow): StoredValue {
  return {
    key: String(row['key']),
    version: Number(row['version']),
    value: String(row['value']),
    changedAt: Number(row['changed_at']),
  };
}
