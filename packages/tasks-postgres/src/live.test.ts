import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { NO_POSTGRES, testDatabase } from '../../../test/support/postgres.ts';
import { postgresTaskStore } from './open.ts';

const database = await testDatabase();
afterAll(() => database?.close());

const task = (owner = 'owner') => ({
  id: crypto.randomUUID(),
  owner,
  method: 'tools/call',
  tool: 'tool',
  params: '{}',
  context: '{}',
  ttlMs: 60_000,
  retentionMs: null,
  pollIntervalMs: 1000,
  priority: 0,
});

it('makes exactly as many live tasks of an owner as allowed, by one instance after the other and by all at once', async ({
  skip,
}) => {
  if (database === undefined) return skip(NO_POSTGRES);
  const [connections] = await database.query("SELECT current_setting('max_connections')::int AS most");
  // So high that half of it is reached under a shared lock, one task at a time.
  const livePerOwner = 4 * Number(connections?.['most']);
  const options = {
    connectionString: database.url,
    schema: database.schema(),
    connections: 2,
    listen: false,
  };
  const stores = await Promise.all(Array.from({ length: 8 }, () => postgresTaskStore(options)));
  let made = 0;
  const fill = async (store: (typeof stores)[number]): Promise<void> => {
    for (let refused = 0; refused < 5; ) {
      const created = await store.create([task()], { livePerOwner });
      if (created[0]?.created === true) made += 1;
      else refused += 1;
    }
  };
  await Promise.all(stores.flatMap((store) => [fill(store), fill(store)]));
  const [kept] = await database.query(`SELECT count(*)::int AS live FROM "${options.schema}".tasks`);
  expect([made, kept]).toEqual([livePerOwner, { live: livePerOwner }]);
  await Promise.all(stores.map((store) => store.close()));
});

it('waits, near the limit, for whoever began to make a task while it was far', async ({ skip }) => {
  if (database === undefined) return skip(NO_POSTGRES);
  const [connections] = await database.query("SELECT current_setting('max_connections')::int AS most");
  const livePerOwner = 2 * Number(connections?.['most']);
  const options = { connectionString: database.url, schema: database.schema(), listen: false };
  const store = await postgresTaskStore(options);
  const slow = new pg.Client({ connectionString: database.url });
  await slow.connect();
  // Locks are the database's: no other test has this owner.
  const owner = options.schema;
  await slow.query(`BEGIN; SELECT "${options.schema}".live_tasks('${owner}', ${livePerOwner}, 1)`);
  await slow.query(INSERT.replace('{schema}', `"${options.schema}"`).replace('{owner}', owner));
  let made = 0;
  let over = false;
  const filled = (async () => {
    while ((await store.create([task(owner)], { livePerOwner }))[0]?.created === true) made += 1;
    over = true;
  })();
  while (!over && (await database.query(WAITS, [owner])).length === 0);
  // Far from the limit nobody waits for anybody.
  expect([made, over]).toEqual([livePerOwner / 2, false]);
  await slow.query('COMMIT');
  await filled;
  expect(made).toBe(livePerOwner - 1);
  await slow.end();
  await store.close();
});

const WAITS = `
SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 1937209702 AND NOT granted
AND objid::bigint = hashtext($1)::bigint & 4294967295`;
const INSERT = `
INSERT INTO {schema}.tasks (id, owner, method, tool, status, created_at, updated_at, poll_interval_ms, priority, params, context)
VALUES ('slow', '{owner}', 'tools/call', 'tool', 'working', 1, 1, 1000, 0, '{}', '{}')`;
