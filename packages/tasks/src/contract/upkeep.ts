import type { TaskChange } from '../store/verbs.ts';
import type { Case, ContractWorld } from './support.ts';
import { eventually, LEASE_MS, leaseOf, MINUTE, newTask, only, question, same } from './support.ts';

export const UPKEEP_CASES: readonly Case[] = [
  ['fails what has expired, whoever has it', expires],
  ['removes what need not be kept', removes],
  ['sweeps once, however many ask', sweepsOnce],
  ['sweeps no more than asked for', sweepsSome],
  ['lists the newest first, in pages, by status, tool and owner', lists],
  ['tells how busy tools are', tells],
  ['prunes', prunes],
  ['tells of changes', tellsChanges],
  ['tells no more to whoever has left', leaves],
];

const SWEEP = { everyMs: 1000, limit: 100 };

async function expires(world: ContractWorld): Promise<void> {
  const ttl = { ttlMs: MINUTE, retentionMs: 10 * MINUTE };
  const [running, waiting] = [await world.hold(ttl), await world.hold(ttl)];
  await world.a.ask([
    { lease: waiting, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend: true },
  ]);
  const queued = await world.make(ttl);
  const eternal = await world.make({ ttlMs: null });
  const longer = await world.make({ ttlMs: 2 * MINUTE });
  world.pass(MINUTE - 1);
  same(await world.a.sweep(SWEEP), { expired: 0, removed: 0 }, 'too early');
  world.pass(SWEEP.everyMs);
  same(await world.b.sweep(SWEEP), { expired: 3, removed: 0 }, 'sweep');
  for (const id of [running.id, waiting.id, queued]) {
    const { status, statusMessage, error, open, ttlMs, createdAt, dueAt } = await world.see(id);
    same([status, statusMessage, open, dueAt], ['failed', 'expired', [], null], 'seen');
    same(JSON.parse(error ?? '{}').code, -32603, 'code');
    same(ttlMs, world.now - createdAt + 10 * MINUTE, 'kept');
  }
  same((await world.a.saveSteps([{ lease: running, name: 'late', result: '1' }]))[0], false, 'a late step');
  same(
    [(await world.see(eternal)).status, (await world.see(longer)).status],
    ['working', 'working'],
    'others',
  );
}

async function removes(world: ContractWorld): Promise<void> {
  const lease = await world.hold({ ttlMs: MINUTE, retentionMs: 5 * MINUTE });
  await world.a.finish([{ lease, outcome: { status: 'completed', result: '{}' } }]);
  const eternal = await world.hold({ ttlMs: null });
  await world.a.finish([{ lease: eternal, outcome: { status: 'completed', result: '{}' } }]);
  world.pass(5 * MINUTE - 1);
  same(await world.a.sweep(SWEEP), { expired: 0, removed: 0 }, 'too early');
  world.pass(SWEEP.everyMs);
  same(await world.a.sweep(SWEEP), { expired: 0, removed: 1 }, 'sweep');
  same(await world.b.get([lease.id]), [undefined], 'gone');
  same(await world.b.inspect(lease.id), undefined, 'all of it');
  same((await world.see(eternal.id)).status, 'completed', 'kept for ever');
}

async function sweepsOnce(world: ContractWorld): Promise<void> {
  for (const _ of [1, 2]) {
    const sweeps = await Promise.all(
      Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? world.a : world.b).sweep(SWEEP)),
    );
    same(sweeps.filter((swept) => swept !== undefined).length, 1, 'sweeps');
    world.pass(SWEEP.everyMs - 1);
    same(await world.a.sweep(SWEEP), undefined, 'too early');
    world.pass(1);
  }
}

async function sweepsSome(world: ContractWorld): Promise<void> {
  await world.a.create(Array.from({ length: 5 }, () => newTask({ ttlMs: MINUTE })));
  world.pass(MINUTE);
  const counts: (number | undefined)[] = [];
  for (const _ of [1, 2, 3]) {
    counts.push((await world.a.sweep({ everyMs: 10, limit: 2 }))?.expired);
    world.pass(10);
  }
  same(counts, [2, 2, 1], 'expired');
}

async function lists(world: ContractWorld): Promise<void> {
  const ids: string[] = [];
  for (let at = 0; at < 7; at += 1) {
    ids.push(await world.make({ tool: at % 2 === 0 ? 'even' : 'odd', owner: at < 3 ? 'x' : 'y' }));
    if (at !== 4) world.pass(1);
  }
  const newest = [...ids].reverse();
  const found: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = await world.b.list({ limit: 3, ...(after === '' ? {} : { after }) });
    found.push(...page.tasks.map(({ id }) => id));
    after = page.next;
  }
  same([...found].sort(), [...newest].sort(), 'all, each once');
  same([found[0], found[6]], [newest[0], newest[6]], 'the newest first');
  const odd = await world.b.list({ limit: 10, tool: 'odd', owner: 'y' });
  same([odd.tasks.map(({ id }) => id), odd.next], [[ids[5], ids[3]], undefined], 'some');
  await world.a.cancel({ id: ids[2] ?? '' });
  const cancelled = await world.b.list({ limit: 1, status: 'cancelled' });
  same([cancelled.tasks.map(({ id }) => id), cancelled.next], [[ids[2]], undefined], 'by status');
  same('params' in only(cancelled.tasks) || 'result' in only(cancelled.tasks), false, 'no payloads');
}

async function tells(world: ContractWorld): Promise<void> {
  same(await world.a.stats(), [], 'nothing');
  const waiting = await world.hold({ tool: 'tool' });
  await world.a.ask([
    { lease: waiting, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend: true },
  ]);
  await world.hold({ tool: 'tool' });
  await world.make({ tool: 'tool' });
  world.pass(700);
  await world.make({ tool: 'tool' });
  await world.make({ tool: 'later', delayMs: 5000 });
  const done = await world.make({ tool: 'done' });
  await world.a.cancel({ id: done });
  const stats = [...(await world.b.stats())].sort((x, y) => (x.tool < y.tool ? -1 : 1));
  same(
    stats.map(({ tool, queued, running, waiting: w, oldestDueMs }) => [
      tool,
      queued,
      running,
      w,
      oldestDueMs,
    ]),
    [
      ['later', 1, 0, 0, 0],
      ['tool', 2, 1, 1, 700],
    ],
    'stats',
  );
}

async function prunes(world: ContractWorld): Promise<void> {
  const [old, failed, fresh] = [await world.hold(), await world.hold(), await world.hold()];
  const live = await world.make();
  const outcome = { status: 'completed', result: '{}' } as const;
  await world.a.finish([{ lease: old, outcome }]);
  await world.a.finish([{ lease: failed, outcome: { status: 'failed', error: '{}', statusMessage: 'x' } }]);
  world.pass(MINUTE);
  await world.a.finish([{ lease: fresh, outcome }]);
  same(await world.a.prune({ finishedForMs: MINUTE, status: 'failed', limit: 10 }), 1, 'failed ones');
  same(await world.a.prune({ finishedForMs: MINUTE, limit: 10 }), 1, 'old ones');
  const left = await world.b.get([old.id, failed.id, fresh.id, live]);
  same(
    left.map((task) => task?.status),
    [undefined, undefined, 'completed', 'working'],
    'left',
  );
  same(await world.a.prune({ finishedForMs: 0, limit: 0 }), 0, 'none');
}

async function tellsChanges(world: ContractWorld): Promise<void> {
  const told: TaskChange[] = [];
  const { pushes } = world.b.capabilities;
  const stop = (pushes ? world.b : world.a).subscribe((change) => told.push(change));
  const heard = (id: string, due: boolean) =>
    eventually(() => told.some((one) => one.id === id && one.due === due), `a hint of ${id}`);
  const id = await world.make();
  await heard(id, true);
  const lease = leaseOf(only(await world.claim({}, world.a)));
  told.length = 0;
  await world.a.report([{ lease, statusMessage: 'half-way' }]);
  await heard(id, false);
  await world.a.ask([
    { lease, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend: true },
  ]);
  told.length = 0;
  await world.a.answer({ id, owner: 'owner', answers: { a: '{}' } });
  await heard(id, true);
  const again = leaseOf(only(await world.claim({}, world.a)));
  told.length = 0;
  same(await world.a.cancel({ id }), 'requested', 'cancel');
  await eventually(
    () => told.some((one) => one.id === id && one.cancelRequested === true),
    'a hint to cancel',
  );
  told.length = 0;
  await world.a.finish([{ lease: again, outcome: { status: 'completed', result: '{}' } }]);
  await heard(id, false);
  stop();
}

async function leaves(world: ContractWorld): Promise<void> {
  let told = 0;
  let others = 0;
  world.a.subscribe(() => {
    told += 1;
  })();
  const stop = world.a.subscribe(() => {
    others += 1;
  });
  await world.make();
  await eventually(() => others > 0, 'a hint');
  same(told, 0, 'told');
  stop();
  world.pass(LEASE_MS);
}
