import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_POSTGRES, type TestDatabase, testDatabase } from '../../../test/support/postgres.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { postgresTaskStore } from './open.ts';

const database = await testDatabase();
afterAll(() => database?.close());

/** What each released migration is. A line here is never changed: a migration that has run somewhere runs nowhere anew. */
const RELEASED: readonly (readonly [name: string, digest: string])[] = [
  ['create-tasks', 'a7b75c2d7c2e4699'],
  ['create-steps', '83b118ac09439b6c'],
  ['create-questions', 'd7d8c64846276e50'],
  ['create-sweeps', '96fade4681f1b4dd'],
  ['first-sweep', 'b068b2befbd2446a'],
  ['index-due', '117f7baa02f4f350'],
  ['index-leased', '5d958e7e10164812'],
  ['index-live', '3aad977b2988ed63'],
  ['index-live-expiry', 'b8948effe6b8cdde'],
  ['index-finished-expiry', '34e2257cf74cca21'],
  ['index-finished', 'a8291503a25c5fff'],
  ['index-created', 'f18498cc80d499c1'],
  ['index-unsuccessful', '490d18bbe18a8a60'],
  ['index-idempotency', '32a1f9e8100f74aa'],
  ['count-live', '36e821acb757da7e'],
];

describe('migrations', () => {
  it('are one file each, numbered without a gap, in order', () => {
    const files = readdirSync(path.join(import.meta.dirname, 'migrations')).sort();
    expect(files).toEqual(
      MIGRATIONS.map(({ name }, index) => `${String(index + 1).padStart(4, '0')}-${name}.ts`),
    );
  });

  it('are one statement each', () => {
    // What a function does is a text within its statement.
    expect(
      MIGRATIONS.filter(({ sql }) => sql.replace(/\$function\$.*\$function\$/s, '').includes(';')),
    ).toEqual([]);
  });

  it('never change once they are there', () => {
    expect(MIGRATIONS.map(({ name, sql }) => [name, digest(sql)])).toEqual(RELEASED);
  });

  it('lead to the same schema from every earlier version, and keep what is there', async ({ skip }) => {
    if (database === undefined) return skip(NO_POSTGRES);
    const fresh = await schemaAfter(database, MIGRATIONS.length);
    for (let version = 0; version < MIGRATIONS.length; version += 1)
      expect(await schemaAfter(database, version)).toEqual(fresh);
  });

  it('run once, however many instances start together', async ({ skip }) => {
    if (database === undefined) return skip(NO_POSTGRES);
    const options = { connectionString: database.url, schema: database.schema() };
    const stores = await Promise.all(Array.from({ length: 8 }, () => postgresTaskStore(options)));
    const [row] = await database.query(`SELECT count(*)::int AS steps FROM "${options.schema}".migrations`);
    expect(row).toEqual({ steps: MIGRATIONS.length });
    await Promise.all(stores.map((store) => store.close()));
  });

  it('leave no trace where a step fails', async ({ skip }) => {
    if (database === undefined) return skip(NO_POSTGRES);
    const schema = database.schema();
    const broken = [...MIGRATIONS, { name: 'broken', sql: 'CREATE TABLE {schema}.tasks (id text)' }];
    await expect(run(database, { schema, migrations: broken })).rejects.toThrow('already exists');
    expect(await database.query('SELECT to_regnamespace($1) AS found', [schema])).toEqual([{ found: null }]);
  });

  it('are refused where the schema is newer, or older and not to be changed', async ({ skip }) => {
    if (database === undefined) return skip(NO_POSTGRES);
    const newer = { connectionString: database.url, schema: database.schema() };
    const more = [...MIGRATIONS, { name: 'later', sql: 'CREATE TABLE {schema}.later (id text)' }];
    await run(database, { schema: newer.schema, migrations: more });
    for (const extra of [{}, { migrate: false }]) {
      const opened = postgresTaskStore({ ...newer, ...extra });
      await expect(opened).rejects.toMatchObject({
        code: 'newer-schema',
        message: expect.stringContaining(`migration ${more.length}`),
      });
    }
    const older = { connectionString: database.url, schema: database.schema(), migrate: false };
    await expect(postgresTaskStore(older)).rejects.toMatchObject({ code: 'old-schema' });
  });
});

// ---

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function run({ url }: TestDatabase, options: Parameters<typeof migrate>[1]): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await migrate(client, options);
  } finally {
    await client.end();
  }
}

/** The schema's tables, columns, checks, indexes and functions, migrated to a version first, and to the end then. */
async function schemaAfter(database: TestDatabase, version: number): Promise<unknown> {
  const schema = database.schema();
  await run(database, { schema, migrations: MIGRATIONS.slice(0, version) });
  if (version > 0) await database.query(INSERT.replace('{schema}', `"${schema}"`));
  expect(await run(database, { schema, migrations: MIGRATIONS })).toBe(MIGRATIONS.length - version);
  const [kept] = await database.query(`SELECT count(*)::int AS kept FROM "${schema}".tasks`);
  expect(kept).toEqual({ kept: version > 0 ? 1 : 0 });
  const columns = await database.query(
    `SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
     FROM information_schema.columns WHERE table_schema = $1 ORDER BY table_name, ordinal_position`,
    [schema],
  );
  const indexes = await database.query(
    'SELECT tablename, replace(indexdef, schemaname, $2) AS definition FROM pg_indexes WHERE schemaname = $1 ORDER BY 1, 2',
    [schema, '*'],
  );
  const functions = await database.query(
    'SELECT proname, replace(prosrc, $1, $2) AS source FROM pg_proc WHERE pronamespace = to_regnamespace($1) ORDER BY 1',
    [schema, '*'],
  );
  return { columns, indexes, functions };
}

const INSERT = `
INSERT INTO {schema}.tasks (id, owner, method, tool, status, created_at, updated_at, poll_interval_ms, priority, params, context)
VALUES ('old', 'owner', 'tools/call', 'tool', 'working', 1, 1, 1000, 0, '{}', '{}')`;
