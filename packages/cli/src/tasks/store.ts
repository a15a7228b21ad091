import { existsSync } from 'node:fs';
import type { TaskStore } from '@switchyard/tasks';
import { Failure } from '../failure.ts';

/** Does work with the store at this address, and closes it. Throws `Failure` for an address that is none, and a store that cannot be used. */
export async function withStore<T>(
  address: string | undefined,
  work: (store: TaskStore) => Promise<T>,
): Promise<T> {
  if (address === undefined || address === '')
    throw new Failure(
      'Say where the tasks are: --store sqlite:FILE or --store postgres://…, or SWITCHYARD_STORE.',
    );
  try {
    const store = await openStore(address);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    throw isStoreError(error)
      ? new Failure(`The store cannot be used: ${error.message.replace(/[^.?]$/, '$&.')}`)
      : error;
  }
}

// ---

async function openStore(address: string): Promise<TaskStore> {
  if (address.startsWith('sqlite:')) return openFile(address.slice('sqlite:'.length));
  if (/^postgres(ql)?:\/\//.test(address)) return openDatabase(address);
  // The address may hold a password.
  throw new Failure('A store is sqlite:FILE or postgres://…; this is neither.');
}

async function openFile(file: string): Promise<TaskStore> {
  if (!existsSync(file)) throw new Failure(`There is no file ${file}.`);
  const { sqliteTaskStore } = await import('@switchyard/tasks-sqlite');
  return sqliteTaskStore({ file, migrate: false });
}

async function openDatabase(address: string): Promise<TaskStore> {
  const { postgresTaskStore } = await import('@switchyard/tasks-postgres');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) throw new Failure('The address of the store is no URL.');
  const schema = url.searchParams.get('schema');
  url.searchParams.delete('schema');
  const options = { connectionString: url.href, connections: 1, listen: false, migrate: false };
  try {
    return await postgresTaskStore(schema === null ? options : { ...options, schema });
  } catch (error) {
    throw error instanceof TypeError ? new Failure(`${error.message}.`) : error;
  }
}

/** Errors of stores say what is wrong without what tasks hold. */
function isStoreError(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'SqliteStoreError' || error.name === 'PostgresStoreError');
}
