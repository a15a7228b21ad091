import { randomUUID } from 'node:crypto';
import type { TaskStore } from '@switchyard/tasks';
import { Changes } from './changes.ts';
import { Database } from './database.ts';
import { quoteIdentifier } from './identifier.ts';
import { migrate, verify } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { tablesOf } from './names.ts';
import { type PostgresTaskStoreOptions, resolveOptions } from './options.ts';
import { Signals } from './signals.ts';
import { PostgresTaskStore } from './store.ts';

/**
 * Opens a store of tasks in PostgreSQL, shared by every instance that opens the same schema: connects, migrates under a lock,
 * and listens. Times are the database's. Rejects with {@link PostgresStoreError}; throws `TypeError` for options that cannot be.
 */
export async function postgresTaskStore(options: PostgresTaskStoreOptions = {}): Promise<TaskStore> {
  const { schema, connections, timeoutMs, migrate: migrates, listen, ...rest } = resolveOptions(options);
  const tables = tablesOf(schema);
  const database = new Database({
    ...(rest.connectionString === undefined ? {} : { connectionString: rest.connectionString }),
    connections,
    timeoutMs,
    applicationName: 'switchyard-tasks',
    now: rest.now,
  });
  try {
    const plan = { schema, migrations: MIGRATIONS };
    await database.session(async (client) => {
      if (migrates) await migrate(client, plan);
      else await verify(client, plan);
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  const channel = `switchyard_${schema}`.slice(0, 63);
  const changes = new Changes({
    sender: randomUUID(),
    send: (message) => database.rows(NOTIFY, [channel, message]),
  });
  const signals = new Signals({
    connect: () => database.listener(),
    channel: quoteIdentifier(channel),
    onMessage: (message) => changes.received(message),
  });
  if (listen) await signals.open();
  const close = async (): Promise<void> => {
    await Promise.all([changes.close(), signals.close()]);
    await database.close();
  };
  return new PostgresTaskStore({ database, tables, changes, schema, listens: listen, close });
}

// ---------------------------------------------------------------------------------------------------------------------

const NOTIFY = { name: 'switchyard-notify', text: 'SELECT pg_notify($1, $2)' };
