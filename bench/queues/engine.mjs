import { createTaskEngine } from '@switchyard/tasks';

const RESULT = { content: [{ type: 'text', text: 'done' }] };
const OWNERS = 200;
const WAITING = {
  owner: 'owner',
  method: 'tools/call',
  tool: 'wait',
  params: '{}',
  context: 'null',
  ttlMs: 86_400_000,
  retentionMs: 3_600_000,
  pollIntervalMs: 1000,
  priority: 0,
};

/** What the benchmark asks of a queue, by an engine over a store of ours. */
export async function overEngine(store, { concurrency, handle, works }) {
  const engine = createTaskEngine({ store, concurrency, telemetry: false });
  const handler = ({ params }) => {
    handle(params.arguments.n);
    return RESULT;
  };
  engine.handle('work', handler, { attempts: 5, retentionMs: 3_600_000 });
  if (works) engine.start();
  let made = 0;
  return {
    async create(n) {
      made += 1;
      const params = { name: 'work', arguments: { n } };
      const { task } = await engine.create({ owner: `owner-${made % OWNERS}`, tool: 'work', params });
      return task.id;
    },
    /** A task that waits for another worker, taken: how long the claim takes, in milliseconds. */
    async claim() {
      const id = crypto.randomUUID();
      await store.create([{ ...WAITING, id }]);
      const begin = performance.now();
      const { tasks } = await store.claim({
        worker: 'another',
        leaseMs: 60_000,
        limit: 1,
        tools: [{ name: 'wait' }],
      });
      const took = performance.now() - begin;
      const outcome = { status: 'completed', result: '{}' };
      await store.finish(tasks.map((lease) => ({ lease, outcome })));
      return took;
    },
    get: async (id) => (await store.get([id]))[0]?.status,
    /** How many are not done. */
    left: async () => (await store.stats()).reduce((sum, { queued, running }) => sum + queued + running, 0),
    close: async () => {
      await engine.close();
      await store.close();
    },
  };
}
