import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sqliteTaskStore } from '@switchyard/tasks-sqlite';
import Database from 'libsql';
import { overEngine } from './engine.mjs';

/** An engine on one SQLite file. `handle` is called for each task. */
export const connect = async ({ name, ...rest }) => overEngine(sqliteTaskStore({ file: fileOf(name) }), rest);

/** Makes a file with so many finished tasks in it. */
export async function prepare({ name, finished }) {
  const store = sqliteTaskStore({ file: fileOf(name) });
  await store.close();
  const database = new Database(fileOf(name));
  database.exec('PRAGMA synchronous = OFF');
  database.prepare(FILL).run([finished, Date.now()]);
  database.exec('ANALYZE');
  database.close();
}

/** Removes it. */
export async function remove({ name }) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${fileOf(name)}${suffix}`, { force: true });
}

const fileOf = (name) => path.join(tmpdir(), `${name}.db`);

/** Tasks as they are an hour after they were made: kept for days yet. */
const FILL = `
WITH RECURSIVE numbers (n) AS (SELECT 1 WHERE ?1 > 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
INSERT INTO tasks (id, owner, method, tool, status, created_at, updated_at, finished_at, ttl_ms, retention_ms,
  poll_interval_ms, priority, token, params, context, result)
SELECT hex(randomblob(16)), 'owner-' || n % 1000, 'tools/call', 'work', 'completed', ?2 - 3600000 + n, ?2 - 3600000 + n,
  ?2 - 3600000 + n, 864000000, 3600000, 1000, 0, 1,
  '{"name":"work","arguments":{"n":' || n || '}}', 'null', '{"content":[{"type":"text","text":"done"}]}'
FROM numbers`;
