import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_POSTGRES, ownSchema } from '../../test/postgres.ts';
import { parseConfig } from '../config/parse.ts';
import { postgresStore } from './postgres-store.ts';
import { sqliteStore } from './sqlite-store.ts';
import type { AuditRow, Store } from './store.ts';

const clock = () => 1_764_000_000_000;

/** Opens the same store, as often as it is called. */
type Opener = () => Store;

async function sqlite(): Promise<Opener> {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return () => closing(sqliteStore(path.join(folder, 'a.db'), { clock }));
}

async function postgres(): Promise<Opener | undefined> {
  const own = await ownSchema();
  if (own === undefined) return undefined;
  return () => closing(postgresStore({ ...own, password: undefined, ca: undefined, clock }));
}

function closing(store: Store): Store {
  onTestFinished(() => store.close());
  return store;
}

function row(seq: number, body: Record<string, unknown> = {}, chain = 'c'): AuditRow {
  const whole = { v: 1, at: 1000 + seq, event: 'request', ...body };
  return { chain, seq, prev: `h${seq - 1}`, hash: `h${seq}`, body: JSON.stringify(whole) };
}

const numbers = (rows: readonly AuditRow[]) => rows.map(({ chain, seq }) => `${chain}${seq}`);

describe.each([
  ['SQLite', sqlite],
  ['PostgreSQL', postgres],
])('a store in %s', (_, make) => {
  it('keeps rows as they are, in order, also for whoever opens it later', async ({ skip }) => {
    const open = (await make()) ?? skip(NO_POSTGRES);
    const rows = Array.from({ length: 200 }, (_, i) => row(i + 1, { name: `"ü\\ud83d😀 ${i}` }));
    const store = open();
    await store.audit.append(rows.slice(0, 150));
    await store.audit.append(rows.slice(150));
    await store.close();
    expect(await open().audit.read('c', 0, 1000)).toEqual(rows);
    expect(numbers(await open().audit.read('c', 197, 2))).toEqual(['c198', 'c199']);
    expect(await open().audit.read('other', 0, 10)).toEqual([]);
  });

  it('adds all of a group or none, and nothing twice', async ({ skip }) => {
    const { audit } = ((await make()) ?? skip(NO_POSTGRES))();
    await audit.append([row(1), row(2)]);
    await expect(audit.append([row(3), row(2)])).rejects.toMatchObject({ code: 'conflict' });
    expect(numbers(await audit.read('c', 0, 10))).toEqual(['c1', 'c2']);
    await audit.append([row(3)]);
    expect(numbers(await audit.read('c', 0, 10))).toEqual(['c1', 'c2', 'c3']);
  });

  it('says of what it will never take that it refuses it, and keeps nothing of its group', async ({
    skip,
  }) => {
    const { audit } = ((await make()) ?? skip(NO_POSTGRES))();
    const never = { ...row(2), body: 'no JSON' };
    await expect(audit.append([row(1), never])).rejects.toMatchObject({ code: 'refused' });
    await expect(audit.append([never])).rejects.toMatchObject({ code: 'refused' });
    expect(await audit.read('c', 0, 10)).toEqual([]);
    await audit.append([row(1), row(2)]);
    expect(numbers(await audit.read('c', 0, 10))).toEqual(['c1', 'c2']);
  });

  it('lets several write at once', async ({ skip }) => {
    const open = (await make()) ?? skip(NO_POSTGRES);
    const stores = [open(), open(), open()];
    await Promise.all(
      stores.flatMap(({ audit }, s) =>
        Array.from({ length: 10 }, (_, i) => audit.append([row(i + 1, {}, `chain-${s}`)])),
      ),
    );
    const { audit } = open();
    expect(await audit.chains()).toEqual(['chain-0', 'chain-1', 'chain-2']);
    expect((await audit.heads(10)).map(({ chain, seq, hash }) => [chain, seq, hash])).toEqual([
      ['chain-0', 10, 'h10'],
      ['chain-1', 10, 'h10'],
      ['chain-2', 10, 'h10'],
    ]);
    expect(await audit.heads(1)).toHaveLength(1);
  });

  it('finds by who, what, where, when and what was decided', async ({ skip }) => {
    const { audit } = ((await make()) ?? skip(NO_POSTGRES))();
    await audit.append([
      row(1, { who: { subject: "o'brien", tenant: 't' }, what: { method: 'tools/call', name: 'a' } }),
      row(2, { server: { name: 's' }, decisions: [{ stage: 'authorise', decision: 'denied', rule: 'r' }] }),
      row(3, { event: 'refused', outcome: { refusedFor: 'host-not-allowed' } }),
      row(1, { decisions: [{ stage: 'admit', decision: 'allowed' }] }, 'd'),
    ]);
    const find = async (filter: object) =>
      numbers(await audit.find({ filter, order: 'oldest-first', limit: 10 }));
    expect(await find({})).toEqual(['c1', 'd1', 'c2', 'c3']);
    expect(await find({ subject: "o'brien" })).toEqual(['c1']);
    expect(await find({ tenant: 't', method: 'tools/call', name: 'a' })).toEqual(['c1']);
    expect(await find({ tenant: 't', name: 'b' })).toEqual([]);
    expect(await find({ server: 's' })).toEqual(['c2']);
    expect(await find({ decision: 'denied' })).toEqual(['c2']);
    expect(await find({ event: 'refused', refusedFor: 'host-not-allowed' })).toEqual(['c3']);
    expect(await find({ from: 1002, to: 1003 })).toEqual(['c2']);
    expect(await find({ chain: 'd' })).toEqual(['d1']);
  });

  it('pages through what it found, in either direction', async ({ skip }) => {
    const { audit } = ((await make()) ?? skip(NO_POSTGRES))();
    await audit.append([row(1), row(2), row(1, {}, 'd'), row(2, {}, 'd')]);
    const pages = async (order: 'oldest-first' | 'newest-first') => {
      const seen: string[] = [];
      let after: { at: number; chain: string; seq: number } | undefined;
      for (;;) {
        const query = { filter: {}, order, limit: 1, ...(after === undefined ? {} : { after }) };
        const [found] = await audit.find(query);
        if (found === undefined) return seen;
        seen.push(`${found.chain}${found.seq}`);
        after = { at: 1000 + found.seq, chain: found.chain, seq: found.seq };
      }
    };
    expect(await pages('oldest-first')).toEqual(['c1', 'd1', 'c2', 'd2']);
    expect(await pages('newest-first')).toEqual(['d2', 'c2', 'd1', 'c1']);
  });

  it('removes the beginning of a chain, and of no other', async ({ skip }) => {
    const { audit } = ((await make()) ?? skip(NO_POSTGRES))();
    await audit.append([row(1), row(2), row(3), row(1, {}, 'd')]);
    expect(await audit.removeBefore('c', 3)).toBe(2);
    expect(await audit.removeBefore('c', 3)).toBe(0);
    expect(numbers(await audit.read('c', 0, 10))).toEqual(['c3']);
    expect(numbers(await audit.read('d', 0, 10))).toEqual(['d1']);
  });

  it('changes a value only for whoever has seen its last version', async ({ skip }) => {
    const { values } = ((await make()) ?? skip(NO_POSTGRES))();
    const where = { space: 'pins', key: 's tools/call "x"' };
    expect(await values.get(where)).toBeUndefined();
    expect(await values.put(where, '{"a":1}', 0)).toBe(1);
    expect(await values.put(where, '{"a":2}', 0)).toBeUndefined();
    expect(await values.put(where, '{"a":2}', 1)).toBe(2);
    expect(await values.put(where, '{"a":3}', 1)).toBeUndefined();
    expect(await values.get(where)).toEqual({
      ...{ key: where.key, version: 2, value: '{"a":2}', changedAt: clock() },
    });
    expect(await values.remove(where, 1)).toBe(false);
    expect(await values.remove(where, 2)).toBe(true);
    expect(await values.get(where)).toBeUndefined();
  });

  it('lists the values of a space in order', async ({ skip }) => {
    const { values } = ((await make()) ?? skip(NO_POSTGRES))();
    for (const key of ['b', 'B', 'a', 'c']) await values.put({ space: 'pins', key }, key, 0);
    await values.put({ space: 'other', key: 'a' }, 'x', 0);
    const keys = async (page: { after?: string; limit: number }) =>
      (await values.list('pins', page)).map(({ key }) => key);
    expect(await keys({ limit: 10 })).toEqual(['B', 'a', 'b', 'c']);
    expect(await keys({ after: 'a', limit: 1 })).toEqual(['b']);
  });

  it('says that it is closed', async ({ skip }) => {
    const store = ((await make()) ?? skip(NO_POSTGRES))();
    await store.audit.append([row(1)]);
    await store.close();
    await expect(store.audit.append([row(2)])).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a store that cannot be reached', () => {
  it('says so, names no secret, and works as soon as it can be reached', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-store-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const lost = closing(
      postgresStore({
        ...{ url: 'postgres://u@127.0.0.1:1/d', schema: 's', password: 'planted', ca: undefined, clock },
      }),
    );
    const failure = await lost.audit.heads(1).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(String(failure)).not.toContain('planted');
    const nowhere = closing(sqliteStore(path.join(folder, 'no/such/folder/a.db'), { clock }));
    await expect(nowhere.audit.append([row(1)])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is not opened by a version that does not know its schema', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-store-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'a.db');
    await closing(sqliteStore(file, { clock })).audit.append([row(1)]);
    const { default: Database } = await import('libsql');
    new Database(file).exec("INSERT INTO migrations VALUES (99, 'from the future')");
    await expect(closing(sqliteStore(file, { clock })).audit.heads(1)).rejects.toMatchObject({
      code: 'newer-schema',
    });
  });
});

describe('a file that cannot be a store', () => {
  it('says what is wrong with it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-store-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const text = path.join(folder, 'text.db');
    writeFileSync(text, 'no database at all, but long enough to be looked at as one. '.repeat(40));
    const tasks = path.join(folder, 'tasks.db');
    const { default: Database } = await import('libsql');
    new Database(tasks).exec(
      "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO migrations VALUES (1, 'create-tasks')",
    );
    const faults = await Promise.all(
      [path.join(folder, 'no/such/folder/a.db'), text, tasks].map((file) =>
        closing(sqliteStore(file, { clock })).audit.heads(1).catch(String),
      ),
    );
    expect(faults).toEqual([
      'StoreError: The file of the store cannot be opened: is its folder there, and writable?',
      'StoreError: The store cannot be used now (the file is no SQLite database, SQLITE_NOTADB)',
      "StoreError: The file holds something else than a gateway's store: name another one",
    ]);
  });
});

describe('store in the configuration', () => {
  const planOf = (store: string) =>
    parseConfig(`store: ${store}\nservers: { s: { replicas: ['http://h/'] } }`).plan.store;

  it('is a file or a database', () => {
    expect(planOf('sqlite:./a.db')).toEqual({ kind: 'sqlite', file: './a.db' });
    expect(planOf('postgres://u@h/d')).toMatchObject({
      kind: 'postgres',
      url: 'postgres://u@h/d',
      schema: 'switchyard',
    });
    expect(planOf("{ url: 'postgres://h/d', password: { env: P }, schema: x }")).toMatchObject({
      ...{ password: { env: 'P' }, schema: 'x' },
    });
  });

  it('holds no password, and nothing that means nothing', () => {
    expect(() => planOf('postgres://u:planted@h/d')).toThrow(/store carries a password/);
    expect(() => planOf('postgres://u:planted@h/d')).not.toThrow(/planted/);
    expect(() => planOf("{ url: 'sqlite:a', schema: x }")).toThrow(/store.schema is for PostgreSQL/);
    expect(() => planOf('mysql://h/d')).toThrow(/expected a sqlite: or postgres:\/\/ URL/);
  });
});
