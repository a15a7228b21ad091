import type { Lease } from '../state/row.ts';
import type { TaskStore } from '../store/store.ts';
import type { Case, ContractWorld } from './support.ts';
import { LEASE_MS, leaseOf, only, question, same } from './support.ts';

export const FENCE_CASES: readonly Case[] = [
  ['lets whoever lost a lease write nothing', fencesLost],
  ['lets nobody write to a terminal task', fencesTerminal],
  ['lets a worker write after its lease as long as nobody came', letsLateWrite],
  ['lets one of many ends through', endsOnce],
  ['takes each answer once, however many come at once', takesOnce],
  ['judges every item of a call by itself', judgesEach],
];

/** Every verb that needs a lease; each tells whether it wrote. */
const WRITES: readonly (readonly [string, (store: TaskStore, lease: Lease) => Promise<boolean>])[] = [
  ['heartbeat', async (store, lease) => (await store.heartbeat([lease], LEASE_MS))[0] !== undefined],
  [
    'saveSteps',
    async (store, lease) => is(await store.saveSteps([{ lease, name: 'late', result: '"late"' }])),
  ],
  ['report', async (store, lease) => is(await store.report([{ lease, statusMessage: 'late' }]))],
  [
    'ask',
    async (store, lease) => {
      const questions = [{ key: 'late', request: question('late') }];
      return (await store.ask([{ lease, questions, withdraw: [], suspend: true }]))[0] !== undefined;
    },
  ],
  ['retry', async (store, lease) => is(await store.retry([{ lease, delayMs: 5, statusMessage: 'late' }]))],
  ['release', async (store, lease) => is(await store.release([lease]))],
  [
    'finish',
    async (store, lease) =>
      is(await store.finish([{ lease, outcome: { status: 'completed', result: '"late"' } }])),
  ],
];

const is = ([written]: readonly boolean[]): boolean => written === true;

async function fencesLost(world: ContractWorld): Promise<void> {
  const lost = await world.hold();
  world.pass(LEASE_MS);
  only(await world.claim({ worker: 'worker-2' }));
  await writesNothing(world, lost);
  await writesNothing(world, { ...lost, token: 99 });
  await writesNothing(world, { ...lost, token: 0 });
}

async function fencesTerminal(world: ContractWorld): Promise<void> {
  for (const status of ['completed', 'failed', 'cancelled'] as const) {
    const lease = await world.hold();
    const outcomes = {
      completed: { status: 'completed', result: '{}' },
      failed: { status: 'failed', error: '{}', statusMessage: 'broken' },
      cancelled: { status: 'cancelled' },
    } as const;
    same(await world.a.finish([{ lease, outcome: outcomes[status] }]), [true], status);
    await writesNothing(world, lease);
    same(await world.a.cancel({ id: lease.id, owner: 'owner' }), 'terminal', 'cancel');
    const answered = await world.a.answer({ id: lease.id, owner: 'owner', answers: { late: '{}' } });
    same(answered, { accepted: [], status }, 'answer');
    same((await world.see(lease.id)).status, status, 'status');
    world.pass(10 * LEASE_MS);
    same(await world.claim(), [], 'claimed');
  }
}

async function writesNothing(world: ContractWorld, lease: Lease): Promise<void> {
  const before = await world.dossier(lease.id);
  for (const [name, write] of WRITES) {
    same(await write(world.a, lease), false, name);
    same(await world.dossier(lease.id), before, `the task after ${name}`);
  }
}

async function letsLateWrite(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(3 * LEASE_MS);
  same(await world.a.saveSteps([{ lease, name: 'one', result: '1' }]), [true], 'step');
  same(await world.a.finish([{ lease, outcome: { status: 'completed', result: '{}' } }]), [true], 'end');
}

async function endsOnce(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const ends = await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      (at % 2 === 0 ? world.a : world.b).finish([
        { lease, outcome: { status: 'completed', result: `${at}` } },
      ]),
    ),
  );
  const won = ends.findIndex(is);
  same(ends.filter(is).length, 1, 'ends');
  same((await world.see(lease.id)).result, `${won}`, 'result');
}

async function judgesEach(world: ContractWorld): Promise<void> {
  const [one, two] = [await world.hold(), await world.hold()];
  const lost = { ...one, token: 99 };
  const unknown = { id: 'nothing', token: 1 };
  const steps = [lost, two, unknown].map((lease) => ({ lease, name: 'a', result: '1' }));
  same(await world.a.saveSteps(steps), [false, true, false], 'steps');
  const twice = [
    { lease: two, name: 'b', result: '2' },
    { lease: two, name: 'c', result: '3' },
  ];
  same(await world.a.saveSteps(twice), [true, true], 'two steps of one task');
  same((await world.dossier(two.id)).steps, { a: '1', b: '2', c: '3' }, 'kept');
  const outcome = { status: 'completed', result: '{}' } as const;
  same(
    await world.a.finish([lost, two, unknown, one].map((lease) => ({ lease, outcome }))),
    [false, true, false, true],
    'ends',
  );
  same(leaseOf(await world.see(one.id)), one, 'token');
}

async function takesOnce(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const keys = ['a', 'b', 'c', 'd'];
  const asked = keys.map((name) => ({ key: name, request: question(name) }));
  await world.a.ask([{ lease, questions: asked, withdraw: [], suspend: true }]);
  const calls = Array.from({ length: 24 }, (_, at) => ({ at, key: keys[at % 4] ?? '' }));
  const taken = await Promise.all(
    calls.map(({ at, key }) => {
      const store = at % 3 === 0 ? world.a : world.b;
      return store.answer({ id: lease.id, owner: 'owner', answers: { [key]: `${at}` } });
    }),
  );
  const winners = calls.filter((_, at) => taken[at]?.accepted.length === 1);
  same(winners.map(({ key }) => key).sort(), keys, 'winners');
  const { questions, status, open } = await world.dossier(lease.id);
  same([status, open], ['working', []], 'state');
  for (const { at, key } of winners) same(questions.find((one) => one.key === key)?.answer, `${at}`, key);
  only(await world.claim());
}
