import pg from 'pg';
import PgBoss from 'pg-boss';

const QUEUE = 'work';
const LOOPS = 4;

/** pg-boss with its own worker, which looks twice a second, the most often that it can. */
export async function connect({ url, name, concurrency, handle, works }) {
  const boss = await start({ url, name });
  if (works) {
    const options = { batchSize: concurrency, pollingIntervalSeconds: 0.5 };
    for (let loop = 0; loop < LOOPS; loop += 1)
      await boss.work(QUEUE, options, async (jobs) => {
        for (const { data } of jobs) handle(data.n);
      });
  }
  return verbs(boss, { url, name });
}

export async function start({ url, name }) {
  const boss = new PgBoss({
    connectionString: url,
    schema: name,
    max: 10,
    supervise: false,
    schedule: false,
  });
  boss.on('error', () => {});
  await boss.start();
  return boss;
}

export function verbs(boss, { url, name }) {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  return {
    create: (n) => boss.send(QUEUE, { n }, { retryLimit: 4 }),
    get: async (id) => (await boss.getJobById(QUEUE, id))?.state,
    left: async () =>
      Number(
        (
          await pool.query(`SELECT count(*) FROM "${name}".job WHERE name = $1 AND state < 'completed'`, [
            QUEUE,
          ])
        ).rows[0].count,
      ),
    close: async () => {
      await boss.stop({ graceful: false, wait: false });
      await pool.end();
    },
  };
}

/** Makes the tables and so many finished jobs. */
export async function prepare({ url, name, finished }) {
  const boss = await start({ url, name });
  await boss.createQueue(QUEUE);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `INSERT INTO "${name}".job (name, data, state, completed_on, output)
     SELECT '${QUEUE}', json_build_object('n', n), 'completed', now(), '{"done":true}' FROM generate_series(1, $1::int) AS n`,
    [finished],
  );
  await client.end();
  await boss.stop({ graceful: false, wait: false });
}

export async function remove({ url, name }) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
  await client.end();
}
