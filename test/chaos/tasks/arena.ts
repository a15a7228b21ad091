import path from 'node:path';
import type { TaskStore } from '@switchyard/tasks';
import { postgresTaskStore } from '@switchyard/tasks-postgres';
import { sqliteTaskStore } from '@switchyard/tasks-sqlite';
import Database from 'libsql';
import pg from 'pg';
import { ownPostgres } from '../../support/postgres.ts';
import { type Entry, POSTGRES_AUDIT, READ_AUDIT, SQLITE_AUDIT, toEntry } from './audit.ts';
import type { Chance } from './plan.ts';
import { CuttingProxy } from './proxy.ts';

/** Where instances find the store. */
export type Where =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** A kind of harm to the database; resolves when it is over. */
export type Harm = readonly [name: string, harm: (chance: Chance) => Promise<void>];

/** A database in which tasks are run, with what can be done to it. */
export interface Arena {
  readonly where: Where;
  /** A store of the test's own, which nothing is done to. */
  readonly store: TaskStore;
  readonly harms: readonly Harm[];
  /** Where all instances have the clock of one machine, makes it wrong for the store of the test too. */
  readonly skew: ((ms: number) => void) | undefined;
  /** Whether somebody has the write lock of all now. */
  locked(): boolean;
  audit(): Promise<readonly Entry[]>;
  close(): Promise<void>;
}

/** One SQLite file. */
export async function sqliteArena(folder: string, leaseMs: number): Promise<Arena> {
  const file = path.join(folder, 'tasks.db');
  let skewMs = 0;
  const store = sqliteTaskStore({ file, busyTimeoutMs: 60_000, now: () => Date.now() + skewMs });
  const beside = new Database(file, { timeout: 60_000 });
  for (const statement of SQLITE_AUDIT(leaseMs)) beside.exec(statement);
  const probe = new Database(file, { timeout: 0 });
  return {
    where: { kind: 'sqlite', file },
    store,
    harms: [],
    skew: (ms) => {
      skewMs = ms;
    },
    locked: () => {
      try {
        probe.exec('BEGIN IMMEDIATE');
        probe.exec('ROLLBACK');
        return false;
      } catch {
        return true;
      }
    },
    audit: async () =>
      beside
        .prepare(READ_AUDIT.replace('{audit}', 'audit'))
        .all()
        .map((row) => toEntry(row as Record<string, unknown>)), // rows of SQLite are objects
    close: async () => {
      await store.close();
      beside.close();
      probe.close();
    },
  };
}

/** A PostgreSQL of one's own behind a proxy that cuts connections. `undefined` where PostgreSQL is not installed. */
export async function postgresArena(leaseMs: number): Promise<Arena | undefined> {
  const server = await ownPostgres();
  if (server === undefined) return undefined;
  const schema = 'chaos';
  const store = await postgresTaskStore({ connectionString: server.url, schema, connections: 2 });
  const query = async (text: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  await query(POSTGRES_AUDIT(schema, leaseMs));
  const proxy = await CuttingProxy.start(server.port);
  return {
    where: { kind: 'postgres', url: server.url.replace(`:${server.port}/`, `:${proxy.port}/`), schema },
    store,
    harms: [
      ['cut connections', async (chance) => proxy.cut(() => chance() < 0.5)],
      [
        'no way to the database',
        async (chance) => {
          proxy.shut();
          await pause(200 + chance() * 1300);
          proxy.open();
        },
      ],
      ['terminated backends', async () => void (await query(TERMINATE).catch(() => undefined))],
      [
        'a crash of the database',
        async () => {
          await server.kill();
          await server.restart();
        },
      ],
    ],
    skew: undefined,
    locked: () => false,
    audit: async () => (await query(READ_AUDIT.replace('{audit}', `${schema}.audit`))).map(toEntry),
    close: async () => {
      await store.close();
      await proxy.close();
      await server.remove();
    },
  };
}

/** Resolves after so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// ---------------------------------------------------------------------------------------------------------------------

const TERMINATE = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'switchyard-tasks' AND pid <> pg_backend_pid() AND random() < 0.5`;
