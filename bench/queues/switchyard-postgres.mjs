import { randomUUID } from 'node:crypto';
import { postgresTaskStore } from '@switchyard/tasks-postgres';
import pg from 'pg';
import { overEngine } from './engine.mjs';

/** An engine on PostgreSQL. `handle` is called for each task. */
export const connect = async ({ url, name, ...rest }) =>
  overEngine(await postgresTaskStore({ connectionString: url, schema: name }), rest);

/** Makes tables with so many finished tasks in them. */
export async function prepare({ url, name, finished }) {
  const store = await postgresTaskStore({ connectionString: url, schema: name, listen: false });
  await store.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(FILL.replace('{schema}', `"${name}"`), [finished, randomUUID()]);
  await client.query(`ANALYZE "${name}".tasks`);
  await client.end();
}

/** Removes them. */
export async function remove({ url, name }) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
  await client.end();
}

/** Tasks as they are an hour after they were made: kept for days yet. */
const FILL = `
INSERT INTO {schema}.tasks (id, owner, method, tool, status, created_at, updated_at, finished_at, ttl_ms, retention_ms,
  poll_interval_ms, priority, token, params, context, result)
SELECT $2 || n, 'owner-' || n % 1000, 'tools/call', 'work', 'completed', now - 3600000 + n, now - 3600000 + n,
  now - 3600000 + n, 864000000, 3600000, 1000, 0, 1,
  '{"name":"work","arguments":{"n":' || n || '}}', 'null', '{"content":[{"type":"text","text":"done"}]}'
FROM generate_series(1, $1::int) AS n, (SELECT (extract(epoch FROM now()) * 1000)::bigint AS now) AS clock`;
