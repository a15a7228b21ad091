import { makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

/** Graphile Worker as it comes, but for as many jobs at a time as all others have. */
export const connect = (options) => connectWith(options, {});

/** With those worker settings. `handle` is called for each job. */
export async function connectWith({ url, name, concurrency, handle, works }, worker) {
  const pgPool = new pg.Pool({ connectionString: url, max: 10 });
  pgPool.on('error', () => {});
  const common = { pgPool, schema: name };
  const utils = await makeWorkerUtils({ ...common, noPreparedStatements: false });
  const taskList = { work: async ({ n }) => handle(n) };
  const runner = works
    ? await run({
        ...common,
        concurrency,
        taskList,
        noHandleSignals: true,
        preset: { worker: { concurrentJobs: concurrency, maxPoolSize: 10, ...worker } },
      })
    : undefined;
  return {
    async create(n) {
      const { id } = await utils.addJob('work', { n }, { maxAttempts: 5 });
      return id;
    },
    left: async () =>
      Number((await pgPool.query(`SELECT count(*) FROM "${name}"._private_jobs`)).rows[0].count),
    close: async () => {
      await runner?.stop();
      await utils.release();
      await pgPool.end();
    },
  };
}

/** Makes the tables. A job that is done is deleted: there is nothing to fill them with. */
export async function prepare({ url, name }) {
  const utils = await makeWorkerUtils({ connectionString: url, schema: name });
  await utils.migrate();
  await utils.release();
}

export async function remove({ url, name }) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
  await client.end();
}
