import type { Connection } from './connection.ts';
import { SqliteStoreError } from './error.ts';

/** One step of the database's schema: one statement, never changed once released. */
export interface Migration {
  /** What the step does, as its file is named. */
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings the database to the last of the migrations, the first of which is number 1, and returns how many steps that took.
 * Everything happens in one immediate transaction: of many processes that start together one migrates and the others
 * wait, and a step that fails leaves no trace. Throws `newer-schema` where the file has steps that this list has not.
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): number {
  if (versionOf(connection, migrations) === migrations.length) return 0;
  return connection.immediately(() => apply(connection, migrations));
}

/** Throws `newer-schema` or `old-schema` where the file is not at the last of the migrations. */
export function verify(connection: Connection, migrations: readonly Migration[]): void {
  const found = versionOf(connection, migrations);
  if (found > migrations.length) throw newerSchema(found, migrations.length);
  if (found < migrations.length)
    throw new SqliteStoreError(
      'old-schema',
      `The file is at migration ${found} of ${migrations.length}: a server of this version brings it up to date`,
    );
}

// ---------------------------------------------------------------------------------------------------------------------

function apply(connection: Connection, migrations: readonly Migration[]): number {
  const before = versionOf(connection, migrations);
  if (before > migrations.length) throw newerSchema(before, migrations.length);
  if (before === 0) connection.exec(TABLE);
  const steps = migrations.slice(before);
  const record = connection.statement('INSERT INTO migrations (number, name) VALUES (?, ?)');
  for (const [index, step] of steps.entries()) {
    connection.exec(step.sql);
    record.run(before + index + 1, step.name);
  }
  return steps.length;
}

const TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT`;

/** The number of the last step that the file has seen; 0 where there is none. Throws `foreign` where they are no steps of ours. */
function versionOf(connection: Connection, migrations: readonly Migration[]): number {
  const there = connection.statement(
    "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'",
  );
  if (there.all().length === 0) return 0;
  const [first] = connection.statement('SELECT name FROM migrations WHERE number = 1').all();
  if (first !== undefined && first['name'] !== migrations[0]?.name)
    throw new SqliteStoreError(
      'foreign',
      'The file holds something else than tasks: give them one of their own',
    );
  const [row] = connection.statement('SELECT coalesce(max(number), 0) AS version FROM migrations').all();
  return Number(row?.['version']);
}

function newerSchema(found: number, known: number): SqliteStoreError {
  return new SqliteStoreError(
    'newer-schema',
    `The file is at migration ${found}; this version of @switchyard/tasks-sqlite knows ${known}. Upgrade it on every process that opens the file: migrations only go forward`,
  );
}
