import { conditionOf, type FilterDialect } from './filter.ts';
import { SQLITE_MIGRATIONS } from './migrations.ts';
import { SqliteDatabase, type SqliteSession, type SqlRow, type SqlValue } from './sqlite-database.ts';
import type { AuditQuery, AuditRow, AuditStore, Store, StoredValue, ValueStore } from './store.ts';

/** What a store needs from outside. */
export interface StoreContext {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A store in one file of SQLite, which the processes of one machine may share. The file is made where it is not there. */
export function sqliteStore(file: string, { clock }: StoreContext): Store {
  const database = new SqliteDatabase(file, SQLITE_MIGRATIONS);
  return {
    audit: new SqliteAudit(database),
    values: new SqliteValues(database, clock),
    close: () => database.close(),
  };
}

// ---

const COLUMNS = 'chain, seq, prev, hash, body';
/** Rows are added by statements of these many, so that each is prepared once. */
const GROUPS = [64, 32, 16, 8, 4, 2, 1] as const;
/** Of many rows, this part is added without a pause for other work. */
const SLICES = 8;

class SqliteAudit implements AuditStore {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  append(rows: readonly AuditRow[]): Promise<void> {
    const slice = Math.ceil(rows.length / SLICES);
    return this.#database.write(async (session) => {
      for (let done = 0, pauseAt = slice; done < rows.length; ) {
        const size = GROUPS.find((group) => group <= rows.length - done) ?? 1;
        await insert(session, rows.slice(done, done + size));
        done += size;
        if (done < pauseAt) continue;
        pauseAt = done + slice;
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  }

  async heads(limit: number): Promise<readonly { chain: string; seq: number; hash: string }[]> {
    const sql = `${CHAINS} SELECT chain, seq, hash FROM chains JOIN audit
      ON chain = name AND seq = (SELECT max(seq) FROM audit WHERE chain = name) ORDER BY ${AT} DESC, chain LIMIT ?`;
    const rows = await this.#database.read((session) => session.all(sql, [limit]));
    return rows.map(toRow);
  }

  async chains(): Promise<readonly string[]> {
    const sql = `${CHAINS} SELECT name FROM chains WHERE name IS NOT NULL ORDER BY name`;
    const rows = await this.#database.read((session) => session.all(sql, []));
    return rows.map(({ name }) => String(name));
  }

  async read(chain: string, after: number, limit: number): Promise<readonly AuditRow[]> {
    const sql = `SELECT ${COLUMNS} FROM audit WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?`;
    const rows = await this.#database.read((session) => session.all(sql, [chain, after, limit]));
    return rows.map(toRow);
  }

  async find({ filter, order, after, limit }: AuditQuery): Promise<readonly AuditRow[]> {
    const { sql, values } = conditionOf(filter, DIALECT);
    const [beyond, direction] = order === 'oldest-first' ? ['>', 'ASC'] : ['<', 'DESC'];
    const page = after === undefined ? '' : `AND (${AT}, chain, seq) ${beyond} (?, ?, ?)`;
    const found = await this.#database.read((session) =>
      session.all(
        `SELECT ${COLUMNS} FROM audit WHERE ${sql} ${page}
         ORDER BY ${AT} ${direction}, chain ${direction}, seq ${direction} LIMIT ?`,
        [...values, ...(after === undefined ? [] : [after.at, after.chain, after.seq]), limit],
      ),
    );
    return found.map(toRow);
  }

  async removeBefore(chain: string, seq: number): Promise<number> {
    const sql = `DELETE FROM audit WHERE chain = ?1
      AND seq < min(?2, (SELECT min(seq) FROM audit WHERE chain = ?1) + ${REMOVED_TOGETHER})`;
    for (let total = 0; ; ) {
      const removed = await this.#database.write((session) => session.run(sql, [chain, seq]));
      if (removed === 0) return total;
      total += removed;
    }
  }
}

class SqliteValues implements ValueStore {
  readonly #database: SqliteDatabase;
  readonly #clock: () => number;

  constructor(database: SqliteDatabase, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
  }

  async get({ space, key }: { space: string; key: string }): Promise<StoredValue | undefined> {
    const sql = 'SELECT key, version, value, changed_at FROM kept_values WHERE space = ? AND key = ?';
    const [row] = await this.#database.read((session) => session.all(sql, [space, key]));
    return row === undefined ? undefined : toValue(row);
  }

  async list(space: string, page: { after?: string; limit: number }): Promise<readonly StoredValue[]> {
    const sql =
      'SELECT key, version, value, changed_at FROM kept_values WHERE space = ? AND key > ? ORDER BY key LIMIT ?';
    const rows = await this.#database.read((session) =>
      session.all(sql, [space, page.after ?? '', page.limit]),
    );
    return rows.map(toValue);
  }

  async put(
    { space, key }: { space: string; key: string },
    value: string,
    seen: number,
  ): Promise<number | undefined> {
    const now = this.#clock();
    const [sql, values]: [string, SqlValue[]] =
      seen === 0
        ? ['INSERT INTO kept_values VALUES (?, ?, 1, ?, ?) ON CONFLICT DO NOTHING', [space, key, value, now]]
        : [
            'UPDATE kept_values SET version = version + 1, value = ?, changed_at = ? WHERE space = ? AND key = ? AND version = ?',
            [value, now, space, key, seen],
          ];
    const changed = await this.#database.write((session) => session.run(sql, values));
    return changed === 1 ? seen + 1 : undefined;
  }

  async remove({ space, key }: { space: string; key: string }, seen: number): Promise<boolean> {
    const sql = 'DELETE FROM kept_values WHERE space = ? AND key = ? AND version = ?';
    return (await this.#database.write((session) => session.run(sql, [space, key, seen]))) === 1;
  }
}

const AT = "json_extract(body, '$.at')";
/** The names of all chains, from one to the next: there are few of them, and many rows. */
const CHAINS = `WITH RECURSIVE chains(name) AS (SELECT min(chain) FROM audit
  UNION ALL SELECT (SELECT min(chain) FROM audit WHERE chain > name) FROM chains WHERE name IS NOT NULL)`;
/** Rows are removed on the main thread, and while they are nobody else can write. */
const REMOVED_TOGETHER = 500;

const DIALECT: FilterDialect = {
  at: AT,
  placeholder: () => '?',
  text: (path) => `json_extract(body, '$.${path.join('.')}')`,
  decided: (placeholder) =>
    `EXISTS (SELECT 1 FROM json_each(body, '$.decisions') WHERE value ->> 'decision' = ${placeholder})`,
};

async function insert(session: SqliteSession, rows: readonly AuditRow[]): Promise<void> {
  const places = rows.map(() => '(?, ?, ?, ?, ?)').join(', ');
  const values = rows.flatMap(({ chain, seq, prev, hash, body }) => [chain, seq, prev, hash, body]);
  await session.run(`INSERT INTO audit (${COLUMNS}) VALUES ${places}`, values);
}

function toRow(row: SqlRow): AuditRow {
  const { chain, seq, prev, hash, body } = row;
  return {
    chain: String(chain),
    seq: Number(seq),
    prev: String(prev),
    hash: String(hash),
    body: String(body),
  };
}

function toValue(row: SqlRow): StoredValue {
  return {
    key: String(row['key']),
    version: Number(row['version']),
    value: String(row['value']),
    changedAt: Number(row['changed_at']),
  };
}
