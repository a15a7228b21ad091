import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NewTask } from '@switchyard/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import { sqliteTaskStore } from './open.ts';
import { Writer } from './writer.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-writer-'));
afterAll(() => rmSync(folder, { recursive: true }));

function task(): NewTask {
  return {
    id: crypto.randomUUID(),
    owner: 'owner',
    method: 'tools/call',
    tool: 'tool',
    params: '{}',
    context: 'null',
    ttlMs: null,
    retentionMs: null,
    pollIntervalMs: 1000,
    priority: 0,
  };
}

/** A connection of its own, as another process has one. */
function another(file: string): Connection {
  return new Connection(file, 'process');
}

describe('writes', () => {
  it('of one turn of the event loop share one transaction, and one that fails harms no other', async () => {
    const connection = another(path.join(folder, 'group.db'));
    connection.exec('CREATE TABLE seen (n INTEGER PRIMARY KEY, at INTEGER) STRICT');
    const writer = new Writer(connection, { busyTimeoutMs: 1000, now: () => performance.now() });
    const begun: number[] = [];
    const begin = connection.immediately.bind(connection);
    connection.immediately = (work) => {
      begun.push(1);
      return begin(work);
    };
    const insert = (n: number): Promise<number> =>
      writer.write(() => connection.statement('INSERT INTO seen VALUES (?, 1)').run(n));
    expect(await Promise.all(Array.from({ length: 50 }, (_, n) => insert(n)))).toHaveLength(50);
    expect(begun).toHaveLength(1);
    const mixed = await Promise.allSettled([insert(100), insert(7), insert(101)]);
    expect(mixed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(mixed[1]).toMatchObject({ reason: { name: 'SqliteStoreError', code: 'failed' } });
    await writer.close();
    connection.close();
  });

  it('wait for another process without stopping the event loop', async () => {
    const file = path.join(folder, 'waiting.db');
    const store = sqliteTaskStore({ file });
    const other = another(file);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
      if (turns === 20) other.exec('ROLLBACK');
    }, 5);
    const [made] = await store.create([task()]);
    clearInterval(timer);
    expect(made?.created).toBe(true);
    expect(turns).toBeGreaterThanOrEqual(20);
    await store.close();
    other.close();
  });

  it('are given up when the other process does not let go, and reads are not', async () => {
    const file = path.join(folder, 'busy.db');
    const store = sqliteTaskStore({ file, busyTimeoutMs: 50 });
    const [made] = await store.create([task()]);
    const other = another(file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.create([task()])).rejects.toMatchObject({ code: 'busy' });
    expect((await store.get([made?.task?.id ?? '']))[0]?.status).toBe('working');
    other.exec('ROLLBACK');
    expect((await store.create([task()]))[0]?.created).toBe(true);
    await store.close();
    await expect(store.create([task()])).rejects.toMatchObject({ code: 'closed' });
    other.close();
  });

  it('that were accepted are carried out before the store is closed', async () => {
    const file = path.join(folder, 'closing.db');
    const store = sqliteTaskStore({ file });
    const created = store.create([task()]);
    await store.close();
    const [made] = await created;
    const again = sqliteTaskStore({ file });
    expect(await again.inspect(made?.task?.id ?? '')).toBeDefined();
    await again.close();
  });
});
