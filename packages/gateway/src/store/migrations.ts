/** One step of a store's schema: one statement, never changed once released. */
export interface Migration {
  /** What the step does. */
  readonly name: string;
  readonly sql: string;
}

/** The schema of the file of SQLite, step by step; the first is number 1. */
export const SQLITE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'audit',
    sql: `CREATE TABLE audit (
      chain TEXT NOT NULL, seq INTEGER NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (chain, seq)) STRICT, WITHOUT ROWID`,
  },
  {
    name: 'audit-by-time',
    sql: `CREATE INDEX audit_by_time ON audit (json_extract(body, '$.at'), chain, seq)`,
  },
  {
    name: 'kept-values',
    sql: `CREATE TABLE kept_values (
      space TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, changed_at INTEGER NOT NULL,
      PRIMARY KEY (space, key)) STRICT, WITHOUT ROWID`,
  },
];

/** The schema in PostgreSQL, step by step; `{schema}` is the name of the schema that holds everything of ours. */
export const POSTGRES_MIGRATIONS: readonly Migration[] = [
  {
    name: 'audit',
    sql: `CREATE TABLE {schema}.audit (
      chain text COLLATE "C" NOT NULL, seq bigint NOT NULL, prev text NOT NULL, hash text NOT NULL, body text NOT NULL,
      at bigint NOT NULL GENERATED ALWAYS AS (substring(body from '"at":([0-9]+)')::bigint) STORED,
      PRIMARY KEY (chain, seq))`,
  },
  { name: 'audit-by-time', sql: 'CREATE INDEX audit_by_time ON {schema}.audit (at, chain, seq)' },
  {
    name: 'kept-values',
    sql: `CREATE TABLE {schema}.kept_values (
      space text NOT NULL, key text COLLATE "C" NOT NULL, version integer NOT NULL, value text NOT NULL, changed_at bigint NOT NULL,
      PRIMARY KEY (space, key))`,
  },
];
