import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { NO_POSTGRES, testDatabase } from '../../../test/support/postgres.ts';
import { type Prepared, SESSION } from './database.ts';
import { tablesOf } from './names.ts';
import { postgresTaskStore } from './open.ts';
import { listStatement } from './statements/list.ts';

const database = await testDatabase();
afterAll(() => database?.close());

/** Statements that read by more than ids: the indexes whose order or condition does the choosing. */
const BY_INDEX: Readonly<Record<string, readonly string[]>> = {
  'switchyard-claim': ['tasks_due', 'tasks_pkey'],
  'switchyard-claim-limited': ['tasks_due', 'tasks_leased', 'tasks_pkey'],
  'switchyard-stats': ['tasks_live'],
  'switchyard-create': ['tasks_idempotency'],
  'switchyard-find-key': ['tasks_idempotency'],
  'switchyard-sweep': ['tasks_finished_expiry', 'tasks_live_expiry', 'tasks_pkey'],
  'switchyard-prune': ['tasks_finished', 'tasks_pkey'],
  'switchyard-list-any': ['tasks_created'],
  'switchyard-list-failed': ['tasks_unsuccessful'],
};

it('reads no task that it does not need, in a table that was planned for when it was empty', async ({
  skip,
}) => {
  if (database === undefined) return skip(NO_POSTGRES);
  const schema = database.schema();
  const store = await postgresTaskStore({ connectionString: database.url, schema, listen: false });
  await store.close();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(SESSION);
  const statements = await allStatements(schema);
  expect(statements.length).toBeGreaterThan(18);
  const wrong: string[] = [];
  for (const { name, text } of statements) {
    const types =
      name === 'switchyard-list-any' || name === 'switchyard-list-failed' ? '(int, bigint, text)' : '';
    await client.query(`PREPARE "${name}" ${types} AS ${text}`);
    const { rows } = await client.query(
      `EXPLAIN (FORMAT JSON) EXECUTE "${name}" ${nulls(await parameters(client, name))}`,
    );
    const scans = scansIn(rows[0]['QUERY PLAN']).filter((scan) => /^tasks(_|$)/.test(scan));
    const allowed = BY_INDEX[name] ?? ['tasks_pkey'];
    wrong.push(...scans.filter((scan) => !allowed.includes(scan)).map((scan) => `${name}: ${scan}`));
  }
  await client.end();
  expect(wrong).toEqual([]);
});

// ---

/** Every statement of the folder, and two lists. */
async function allStatements(schema: string): Promise<readonly Prepared[]> {
  const tables = tablesOf(schema);
  const folder = path.join(import.meta.dirname, 'statements');
  const made: Prepared[] = [];
  for (const file of readdirSync(folder)) {
    const module: Readonly<Record<string, unknown>> = await import(path.join(folder, file));
    for (const [name, value] of Object.entries(module))
      if (/Statement$/.test(name) && name !== 'listStatement' && typeof value === 'function')
        made.push(value(tables));
  }
  const lists = ([undefined, 'failed'] as const).map((status) =>
    listStatement(tables, { status, tool: false, owner: false }),
  );
  return [...made, ...lists];
}

async function parameters(client: pg.Client, name: string): Promise<number> {
  const { rows } = await client.query(
    'SELECT cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = $1',
    [name],
  );
  return rows[0].count;
}

function nulls(count: number): string {
  return count === 0 ? '' : `(${Array.from({ length: count }, () => 'NULL').join(', ')})`;
}

/** The indexes that are scanned, and the tables that are read whole. */
function scansIn(plan: unknown): readonly string[] {
  if (Array.isArray(plan)) return plan.flatMap(scansIn);
  if (typeof plan !== 'object' || plan === null) return [];
  const node: Readonly<Record<string, unknown>> = { ...plan };
  const own = node['Index Name'] ?? (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined);
  const inner = Object.values(node).flatMap((value) => (typeof value === 'object' ? scansIn(value) : []));
  return typeof own === 'string' ? [own, ...inner] : inner;
}
