import type { TaskDossier } from '../state/row.ts';
import type { Case, ContractWorld } from './support.ts';
import { LEASE_MS, leaseOf, MINUTE, newTask, same } from './support.ts';

export const CLAIM_CASES: readonly Case[] = [
  ['gives a task to one worker, with a lease', givesLease],
  ['gives tasks by priority, then by how long they have been due', givesInTurn],
  ['gives no more than asked for, and only of the tools asked for', givesAsked],
  ['gives every task once, however many claim at once', givesOnce],
  ['gives a task again when its lease is over, and counts an attempt', givesAgain],
  ['prolongs leases', prolongs],
  ['holds to the limit of a tool, over all instances', limitsTools],
  ['holds to the limit of owners, over all instances', limitsOwners],
  ['holds to the limits, however many claim at once', limitsAtOnce],
  ['goes past tasks that a limit holds back', goesPast],
  ['leaves a task alone whose time is over', leavesExpired],
];

async function givesLease(world: ContractWorld): Promise<void> {
  const id = await world.make({ params: '{"n":1}', context: '{"c":2}' });
  const [task] = await world.claim({ worker: 'worker-7' });
  same([task?.id, task?.params, task?.context], [id, '{"n":1}', '{"c":2}'], 'task');
  same([task?.worker, task?.token, task?.dueAt], ['worker-7', 1, world.now + LEASE_MS], 'lease');
  same([task?.status, task?.version, task?.attempts], ['working', 1, 0], 'nothing that its owner can see');
  same(await world.claim(), [], 'again');
}

async function givesInTurn(world: ContractWorld): Promise<void> {
  const made: string[] = [];
  for (const priority of [0, 5, -3, 5, 0]) {
    made.push(await world.make({ priority }));
    world.pass(10);
  }
  const order = [await world.claim({ limit: 3 }), await world.claim({ limit: 3 })].flat();
  same(
    order.map(({ id }) => made.indexOf(id)),
    [1, 3, 0, 4, 2],
    'order',
  );
}

async function givesAsked(world: ContractWorld): Promise<void> {
  await world.a.create([newTask({ tool: 'x' }), newTask({ tool: 'y' }), newTask({ tool: 'x' })]);
  same((await world.claim({ tools: [{ name: 'z' }] })).length, 0, 'another tool');
  same((await world.claim({ tools: [] })).length, 0, 'no tool');
  same((await world.claim({ tools: [{ name: 'x' }], limit: 1 })).length, 1, 'limit');
  const rest = await world.claim({ tools: [{ name: 'y' }, { name: 'x' }] });
  same(rest.map(({ tool }) => tool).sort(), ['x', 'y'], 'the rest');
}

async function givesOnce(world: ContractWorld): Promise<void> {
  await world.a.create(Array.from({ length: 60 }, () => newTask()));
  const claims = Array.from({ length: 12 }, (_, at) => claimUntilDry(world, `worker-${at}`));
  const taken = (await Promise.all(claims)).flat();
  same([taken.length, new Set(taken.map(({ id }) => id)).size], [60, 60], 'taken');
  const own = await world.b.get(taken.map(({ id }) => id));
  same(
    own.map((task) => task?.worker),
    taken.map(({ worker }) => worker),
    'workers',
  );
}

async function claimUntilDry(world: ContractWorld, worker: string): Promise<readonly TaskDossier[]> {
  const taken: TaskDossier[] = [];
  for (;;) {
    const some = await world.claim({ worker, limit: 3 }, taken.length % 2 === 0 ? world.a : world.b);
    if (some.length === 0) return taken;
    taken.push(...some);
  }
}

async function givesAgain(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(LEASE_MS - 1);
  same(await world.claim(), [], 'too early');
  world.pass(1);
  const [task] = await world.claim({ worker: 'worker-2' });
  same([task?.id, task?.worker, task?.token, task?.attempts], [lease.id, 'worker-2', 2, 1], 'taken over');
}

async function prolongs(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(LEASE_MS - 1);
  const beats = await world.a.heartbeat(
    [{ id: 'nothing', token: 1 }, lease, { ...lease, token: 7 }],
    LEASE_MS,
  );
  same(
    beats.map((beat) => beat?.cancelRequested),
    [undefined, false, undefined],
    'beats',
  );
  world.pass(LEASE_MS - 1);
  same(await world.claim(), [], 'still held');
  world.pass(1);
  same((await world.a.heartbeat([lease], LEASE_MS))[0]?.version, 1, 'over, but nobody came');
  same(await world.claim(), [], 'held again');
}

async function limitsTools(world: ContractWorld): Promise<void> {
  await world.a.create(Array.from({ length: 5 }, () => newTask()));
  const wish = { tools: [{ name: 'tool', atMost: 2 }] };
  const first = await world.claim(wish, world.a);
  same([first.length, (await world.claim(wish)).length], [2, 0], 'taken');
  const [done] = first;
  if (done !== undefined) await world.a.release([leaseOf(done)]);
  same((await world.claim(wish)).length, 1, 'when one is given up');
  world.pass(LEASE_MS);
  same((await world.claim(wish)).length, 2, 'leases that are over do not count');
}

async function limitsOwners(world: ContractWorld): Promise<void> {
  await world.a.create(['x', 'x', 'x', 'y'].map((owner) => newTask({ owner })));
  await world.a.create([
    newTask({ owner: 'x', tool: 'other', lease: { worker: 'w', leaseMs: 2 * LEASE_MS } }),
  ]);
  const taken = await world.claim({ perOwner: 2 });
  same(taken.map(({ owner }) => owner).sort(), ['x', 'y'], 'taken, with one of another tool under way');
  same(await world.claim({ perOwner: 2 }), [], 'more');
  same((await world.claim({ perOwner: 3 })).length, 1, 'a higher limit');
}

async function limitsAtOnce(world: ContractWorld): Promise<void> {
  await world.a.create(Array.from({ length: 30 }, (_, at) => newTask({ owner: `owner-${at % 2}` })));
  const wish = { tools: [{ name: 'tool', atMost: 7 }], perOwner: 4, limit: 3 };
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, at) => world.claim(wish, at % 2 === 0 ? world.a : world.b)),
  );
  const taken = claims.flat();
  const most = Math.max(
    ...['owner-0', 'owner-1'].map((o) => taken.filter(({ owner }) => owner === o).length),
  );
  same([taken.length <= 7, most <= 4], [true, true], 'within the limits');
  const rest = await world.claim({ ...wish, limit: 30 });
  same(taken.length + rest.length, 7, 'all that the limits allow');
}

async function goesPast(world: ContractWorld): Promise<void> {
  await world.a.create(Array.from({ length: 40 }, () => newTask({ owner: 'greedy', priority: 9 })));
  const modest = await world.make({ owner: 'modest' });
  const taken = await world.claim({ perOwner: 1, limit: 2 });
  same(
    taken.map(({ owner }) => owner),
    ['greedy', 'modest'],
    'taken',
  );
  same(taken[1]?.id, modest, 'the modest one');
}

async function leavesExpired(world: ContractWorld): Promise<void> {
  await world.make({ ttlMs: MINUTE });
  world.pass(MINUTE);
  same(await world.claim(), [], 'claimed');
}
