import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Connection, type Row } from './connection.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { sqliteTaskStore } from './open.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-migrate-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What each released migration is. A line here is never changed: a migration that has run somewhere runs nowhere anew. */
const RELEASED: readonly (readonly [name: string, digest: string])[] = [
  ['create-tasks', '41c2d12fe7679788'],
  ['create-steps', '822c2a0f8fb19d19'],
  ['create-questions', 'b03ec959c8222f07'],
  ['create-sweeps', 'd05685389dab4d0c'],
  ['first-sweep', '97636bd819c9697e'],
  ['create-changes', 'ef6910c77a0a8fa7'],
  ['index-due', '20f9632629c21b68'],
  ['index-leased', 'dc44ae885ae51985'],
  ['index-live', '6bb8894f17e357be'],
  ['index-live-expiry', '484433efffb58db7'],
  ['index-finished-expiry', '127f19f2fdd9e1e1'],
  ['index-finished', '134e1412f6968aa5'],
  ['index-created', 'b29dc5e58206b81e'],
  ['index-unsuccessful', 'df8d29ede2e0d8bb'],
  ['index-idempotency', 'aad74091984eae37'],
];

describe('migrations', () => {
  it('are one file each, numbered without a gap, in order', () => {
    const files = readdirSync(path.join(import.meta.dirname, 'migrations')).sort();
    expect(files).toEqual(
      MIGRATIONS.map(({ name }, index) => `${String(index + 1).padStart(4, '0')}-${name}.ts`),
    );
  });

  it('are one statement each', () => {
    expect(MIGRATIONS.filter(({ sql }) => sql.includes(';'))).toEqual([]);
  });

  it('never change once they are there', () => {
    expect(MIGRATIONS.map(({ name, sql }) => [name, digest(sql)])).toEqual(RELEASED);
  });

  it('lead to the same schema from every earlier version, and keep what is there', () => {
    const fresh = schemaAfter(MIGRATIONS.length);
    for (let version = 0; version < MIGRATIONS.length; version += 1)
      expect(schemaAfter(version)).toEqual(fresh);
  });

  it('leave no trace where a step fails', () => {
    const connection = new Connection(path.join(folder, 'broken.db'), 'process');
    const broken = [...MIGRATIONS, { name: 'broken', sql: 'CREATE TABLE tasks (id TEXT)' }];
    expect(() => migrate(connection, broken)).toThrow('already exists');
    expect(rows(connection, 'SELECT name FROM sqlite_schema')).toEqual([]);
    connection.close();
  });

  it('are refused where the file is older and not to be changed', () => {
    const file = path.join(folder, 'older.db');
    new Connection(file, 'process').close();
    expect(() => sqliteTaskStore({ file, migrate: false })).toThrow(
      expect.objectContaining({ code: 'old-schema' }),
    );
  });

  it('are refused where the file is the store of something else', () => {
    const file = path.join(folder, 'gateway.db');
    const connection = new Connection(file, 'process');
    migrate(connection, [{ name: 'audit', sql: 'CREATE TABLE audit (id TEXT) STRICT' }]);
    connection.close();
    for (const migrate of [true, false])
      expect(() => sqliteTaskStore({ file, migrate })).toThrow(expect.objectContaining({ code: 'foreign' }));
  });

  it('are refused where the file is newer', () => {
    const file = path.join(folder, 'newer.db');
    const connection = new Connection(file, 'process');
    const more = [...MIGRATIONS, { name: 'later', sql: 'CREATE TABLE later (id TEXT) STRICT' }];
    migrate(connection, more);
    connection.close();
    expect(() => sqliteTaskStore({ file })).toThrow(
      expect.objectContaining({
        code: 'newer-schema',
        message: expect.stringContaining(`migration ${more.length}`),
      }),
    );
  });
});

describe('opening', () => {
  it('refuses what is no database, and a folder that is not there', () => {
    const file = path.join(folder, 'text.db');
    writeFileSync(file, 'no database at all, but long enough to be looked at as one. '.repeat(40));
    expect(() => sqliteTaskStore({ file })).toThrow(expect.objectContaining({ code: 'damaged' }));
    expect(() => sqliteTaskStore({ file: path.join(folder, 'none/tasks.db') })).toThrow(
      expect.objectContaining({ code: 'not-writable' }),
    );
  });

  it.each([
    [{ file: '' }, '`file` must name a file'],
    [{ file: ':memory:' }, '`file` must be a path'],
    [{ file: 'libsql://host' }, '`file` must be a path'],
    [{ file: 'a.db', busyTimeoutMs: 0 }, '`busyTimeoutMs` must be a positive integer'],
  ])('refuses the options %o', (options, message) => {
    expect(() => sqliteTaskStore(options)).toThrow(message);
  });
});

// ---

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function rows(connection: Connection, sql: string): readonly Row[] {
  return connection.statement(sql).all();
}

/** The schema's tables and indexes, migrated to a version first, and to the end then. */
function schemaAfter(version: number): unknown {
  const connection = new Connection(path.join(folder, `from-${version}.db`), 'process');
  migrate(connection, MIGRATIONS.slice(0, version));
  if (version > 0) connection.exec(INSERT);
  expect(migrate(connection, MIGRATIONS)).toBe(MIGRATIONS.length - version);
  expect(rows(connection, 'SELECT id FROM tasks')).toHaveLength(version > 0 ? 1 : 0);
  const found = rows(connection, 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name');
  connection.close();
  return found.map(({ type, name, tbl_name, sql }) => ({ type, name, tbl_name, sql }));
}

const INSERT = `
INSERT INTO tasks (id, owner, method, tool, status, created_at, updated_at, poll_interval_ms, priority, params, context)
VALUES ('old', 'owner', 'tools/call', 'tool', 'working', 1, 1, 1000, 0, '{}', '{}')`;
