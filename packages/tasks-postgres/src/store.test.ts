import { taskStoreContract } from '@switchyard/tasks/contract';
import { afterAll, describe, it } from 'vitest';
import { NO_POSTGRES, testDatabase } from '../../../test/support/postgres.ts';
import { postgresTaskStore } from './open.ts';

const database = await testDatabase();
afterAll(() => database?.close());

describe('postgresTaskStore', () => {
  const cases = taskStoreContract(async (now) => {
    if (database === undefined) throw new Error(NO_POSTGRES);
    const options = { connectionString: database.url, schema: database.schema(), connections: 4, now };
    return [await postgresTaskStore(options), await postgresTaskStore(options)] as const;
  });
  for (const { name, run } of cases) {
    it(name, ({ skip }) => (database === undefined ? skip(NO_POSTGRES) : run()));
  }
});
