import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_POSTGRES, ownSchema } from '../../test/postgres.ts';
import { until } from '../../test/until.ts';
import { postgresStore } from './postgres-store.ts';
import { sqliteStore } from './sqlite-store.ts';
import type { AuditRow, Store } from './store.ts';

const clock = () => 1_764_000_000_000;

function fileOf(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'a.db');
}

function closing(store: Store): Store {
  onTestFinished(() => store.close());
  return store;
}

function row(seq: number): AuditRow {
  const body = JSON.stringify({ v: 1, at: 1000 + seq, event: 'request' });
  return { chain: 'c', seq, prev: `h${seq - 1}`, hash: `h${seq}`, body };
}

/** Runs statements on the file as another process would. */
async function another(file: string): Promise<{ exec(sql: string): void; close(): void }> {
  const { default: Database } = await import('libsql');
  return new Database(file);
}

describe('a store in SQLite', () => {
  it('can be used again as soon as what kept it from it is gone', async () => {
    const file = fileOf();
    await closing(sqliteStore(file, { clock })).audit.append([row(1)]);
    const other = await another(file);
    other.exec('ALTER TABLE audit RENAME TO elsewhere');
    const { audit } = closing(sqliteStore(file, { clock }));
    await expect(audit.read('c', 0, 10)).rejects.toMatchObject({ code: 'unavailable' });
    other.exec('ALTER TABLE elsewhere RENAME TO audit');
    other.close();
    expect(await audit.read('c', 0, 10)).toEqual([row(1)]);
  });

  it('leaves no file open where it cannot be opened', async ({ skip }) => {
    if (!existsSync('/proc/self/fd')) skip('there is no /proc here to see open files in');
    const file = fileOf();
    writeFileSync(file, 'what is no database '.repeat(1000));
    const { audit } = closing(sqliteStore(file, { clock }));
    for (let i = 0; i < 5; i++) await expect(audit.heads(1)).rejects.toMatchObject({ code: 'unavailable' });
    const open = readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(file));
    expect(open).toEqual([]);
  });

  it('lets others write while it removes a long beginning', async () => {
    const { audit } = closing(sqliteStore(fileOf(), { clock }));
    const rows = Array.from({ length: 20_000 }, (_, i) => row(i + 1));
    await audit.append(rows);
    let removed: number | undefined;
    const removing = audit.removeBefore('c', 20_000).then((count) => {
      removed = count;
    });
    await audit.append([row(20_001)]);
    expect(removed).toBeUndefined();
    await removing;
    expect(removed).toBe(19_999);
    expect(await audit.read('c', 0, 10)).toEqual([row(20_000), row(20_001)]);
  });
});

describe('a store in PostgreSQL', () => {
  it('outlives a server that is stopped while it waits for its turn to make the tables', async ({ skip }) => {
    const own = (await ownSchema()) ?? skip(NO_POSTGRES);
    const other = new pg.Client({ connectionString: own.url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query('SELECT pg_advisory_lock(1937209697, hashtext($1))', [`"${own.schema}"`]);
    const { audit } = closing(postgresStore({ ...own, password: undefined, ca: undefined, clock }));
    const lost = audit.append([row(1)]).catch((error: unknown) => error);
    const waiting = `SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE locktype = 'advisory' AND NOT granted AND
      classid = 1937209697 AND objid::bigint = hashtext($1)::bigint & 4294967295`;
    await until(async () => (await other.query(waiting, [`"${own.schema}"`])).rowCount === 1);
    expect(await lost).toMatchObject({ code: 'unavailable' });
    await other.query('SELECT pg_advisory_unlock_all()');
    await audit.append([row(1)]);
    expect(await audit.read('c', 0, 10)).toEqual([row(1)]);
  });
});

// ---

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}
