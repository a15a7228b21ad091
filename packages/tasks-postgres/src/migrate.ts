import type { ClientBase } from 'pg';
import { PostgresStoreError } from './error.ts';
import { quoteIdentifier } from './identifier.ts';

/** One step of the database's schema: one statement, never changed once released. `{schema}` in it is the schema's name. */
export interface Migration {
  /** What the step does, as its file is named. */
  readonly name: string;
  readonly sql: string;
}

/** Where and with what to migrate. */
export interface MigrateOptions {
  /** The schema that holds everything of ours; it is created where it is not there. */
  readonly schema: string;
  /** The steps in order; the first is number 1. */
  readonly migrations: readonly Migration[];
}

/**
 * Brings the schema to the last of the migrations and resolves to how many steps that took. Everything happens in one
 * transaction under an advisory lock: of many instances that start together one migrates and the others wait, and a step
 * that fails leaves no trace. Rejects with `newer-schema` where the database has steps that this list has not.
 */
export async function migrate(client: ClientBase, options: MigrateOptions): Promise<number> {
  const { schema, migrations } = options;
  if ((await versionOf(client, schema)) === migrations.length) return 0;
  await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${SILENCE_MS}`);
  try {
    await client.query(LOCK, [schema]);
    const done = await apply(client, options);
    await client.query('COMMIT');
    return done;
  } catch (error) {
    // The connection may be what failed: the first error tells more than this one would.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Rejects with `newer-schema` or `old-schema` where the schema is not at the last of the migrations. */
export async function verify(client: ClientBase, { schema, migrations }: MigrateOptions): Promise<void> {
  const found = await versionOf(client, schema);
  if (found > migrations.length) throw newerSchema(schema, found, migrations.length);
  if (found < migrations.length)
    throw new PostgresStoreError(
      'old-schema',
      `The schema '${schema}' is at migration ${found} of ${migrations.length}. Open the store once with \`migrate\` on and the rights for it`,
    );
}

// ---------------------------------------------------------------------------------------------------------------------

/** An instance that is frozen while it migrates keeps the others waiting for so long. */
const SILENCE_MS = 10_000;

/** "swyd" and a digest of the schema's name: no other application's lock, and one for each schema. */
const LOCK = 'SELECT pg_advisory_xact_lock(1937209700, hashtext($1))';

async function apply(client: ClientBase, { schema, migrations }: MigrateOptions): Promise<number> {
  const name = quoteIdentifier(schema);
  const before = await versionOf(client, schema);
  if (before > migrations.length) throw newerSchema(schema, before, migrations.length);
  if (before === 0) {
    // Only whoever may create schemas in the database may even say IF NOT EXISTS.
    if (!(await exists(client, NAMESPACE, schema))) await client.query(`CREATE SCHEMA ${name}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${name}.migrations (
        number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
  }
  const steps = migrations.slice(before);
  for (const [index, step] of steps.entries()) {
    await client.query(step.sql.replaceAll('{schema}', name));
    await client.query(`INSERT INTO ${name}.migrations (number, name) VALUES ($1, $2)`, [
      before + index + 1,
      step.name,
    ]);
  }
  return steps.length;
}

/** The number of the last step that the schema has seen; 0 where there is none. */
async function versionOf(client: ClientBase, schema: string): Promise<number> {
  if (!(await exists(client, TABLE, schema))) return 0;
  const { rows } = await client.query<{ version: number }>(
    `SELECT coalesce(max(number), 0) AS version FROM ${quoteIdentifier(schema)}.migrations`,
  );
  return rows[0]?.version ?? 0;
}

// Read as tables and not asked by functions such as to_regclass: those may answer from before the lock was held.
const NAMESPACE = 'SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1';
const TABLE = "SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'migrations'";

async function exists(client: ClientBase, sql: string, schema: string): Promise<boolean> {
  return (await client.query(sql, [schema])).rows.length > 0;
}

function newerSchema(schema: string, found: number, known: number): PostgresStoreError {
  return new PostgresStoreError(
    'newer-schema',
    `The schema '${schema}' is at migration ${found}; this version of @switchyard/tasks-postgres knows ${known}. Upgrade it on this instance: migrations only go forward`,
  );
}
