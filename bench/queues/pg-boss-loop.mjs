import { start, verbs } from './pg-boss.mjs';

export { prepare, remove } from './pg-boss.mjs';

const QUEUE = 'work';
const LOOPS = 4;

/** pg-boss with loops of one's own around its verbs, which wait for nothing while there is work. */
export async function connect({ url, name, concurrency, handle, works }) {
  const boss = await start({ url, name });
  let open = works;
  const loop = async () => {
    while (open) {
      const jobs = await boss.fetch(QUEUE, { batchSize: concurrency });
      for (const { data } of jobs) handle(data.n);
      if (jobs.length > 0)
        await boss.complete(
          QUEUE,
          jobs.map(({ id }) => id),
          { done: true },
        );
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const loops = Array.from({ length: works ? LOOPS : 0 }, loop);
  const queue = verbs(boss, { url, name });
  return {
    ...queue,
    close: async () => {
      open = false;
      await Promise.all(loops);
      await queue.close();
    },
  };
}
