import { randomUUID } from 'node:crypto';
import type { TaskStore } from '@switchyard/tasks';
import { Changes } from './changes.ts';
import { Connection } from './connection.ts';
import { toStoreError } from './error.ts';
import { migrate, verify } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { resolveOptions, type SqliteTaskStoreOptions } from './options.ts';
import { SqliteTaskStore } from './store.ts';
import { Writer } from './writer.ts';

/**
 * Opens a store of tasks in one SQLite file, shared by all processes of this machine that open it, and migrates it. Throws
 * {@link SqliteStoreError} where the file cannot be used, `TypeError` for options that cannot be. Never put the file on a network
 * drive: SQLite's locks do not hold there.
 */
export function sqliteTaskStore(options: SqliteTaskStoreOptions): TaskStore {
  const { file, durability, busyTimeoutMs, watchEveryMs, migrate: migrates, now } = resolveOptions(options);
  const connection = new Connection(file, durability);
  try {
    if (migrates) migrate(connection, MIGRATIONS);
    else verify(connection, MIGRATIONS);
    connection.neverWait();
  } catch (error) {
    connection.close();
    throw toStoreError(error);
  }
  const writer = new Writer(connection, { busyTimeoutMs, now: () => performance.now() });
  const changes = new Changes(connection, { writer: randomUUID(), everyMs: watchEveryMs });
  return new SqliteTaskStore({ connection, writer, changes, now });
}
