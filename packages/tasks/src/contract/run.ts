import type { Case, ContractWorld } from './support.ts';
import { LEASE_MS, leaseOf, only, same } from './support.ts';

export const RUN_CASES: readonly Case[] = [
  ['never goes back in time, whatever its clock does', neverBack],
  ['keeps results of steps across workers, and the first of a name', keepsSteps],
  ['keeps strange names and texts of steps', keepsStrangeSteps],
  ['shows how far the work is', reports],
  ['lets a failed run be tried again later', retries],
  ['lets others go on at once with what is given up', releases],
];

async function neverBack(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(1000);
  await world.a.report([{ lease, statusMessage: 'on time' }]);
  const { updatedAt, createdAt } = await world.see(lease.id);
  same(updatedAt, createdAt + 1000, 'on time');
  world.pass(-5000);
  await world.a.report([{ lease, statusMessage: 'too early' }]);
  const early = await world.see(lease.id);
  same([early.statusMessage, early.updatedAt, early.version], ['too early', updatedAt, 3], 'too early');
  await world.a.finish([{ lease, outcome: { status: 'completed', result: '{}' } }]);
  same((await world.see(lease.id)).updatedAt, updatedAt, 'ended');
}

async function keepsSteps(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  same(await world.a.saveSteps([{ lease, name: 'one', result: '{"n":1}' }]), [true], 'first');
  same(await world.a.saveSteps([{ lease, name: 'one', result: '{"n":2}' }]), [true], 'second of the name');
  same((await world.see(lease.id)).version, 1, 'nothing that its owner can see');
  world.pass(LEASE_MS);
  const task = only(await world.claim());
  same(task.steps, { one: '{"n":1}' }, 'kept');
  same(await world.a.saveSteps([{ lease: leaseOf(task), name: 'two', result: 'null' }]), [true], 'another');
  world.pass(LEASE_MS);
  same(only(await world.claim()).steps, { one: '{"n":1}', two: 'null' }, 'both');
}

async function keepsStrangeSteps(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const steps = ['__proto__', 'constructor', '', "a'b", 'A', 'a', 'é\u{1f600}', 'x'.repeat(500)].map(
    (name, at) => ({
      lease,
      name,
      result: `{"at": ${at}, "text": "\\u0000'\u2028"}`,
    }),
  );
  same(
    await world.a.saveSteps(steps),
    steps.map(() => true),
    'saved',
  );
  const kept = (await world.dossier(lease.id)).steps;
  same(Object.keys(kept).length, steps.length, 'count');
  for (const { name, result } of steps) {
    same(Object.hasOwn(kept, name) ? kept[name] : undefined, result, `the step '${name}'`);
  }
}

async function reports(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(40);
  same(await world.a.report([{ lease, statusMessage: 'half-way' }]), [true], 'report');
  const { status, statusMessage, updatedAt, version, createdAt } = await world.see(lease.id);
  same([status, statusMessage, updatedAt - createdAt, version], ['working', 'half-way', 40, 2], 'seen');
}

async function retries(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  same(await world.a.retry([{ lease, delayMs: 300, statusMessage: 'again' }]), [true], 'retry');
  const { status, statusMessage, worker, attempts, version } = await world.see(lease.id);
  same([status, statusMessage, worker, attempts, version], ['working', 'again', null, 1, 2], 'seen');
  world.pass(299);
  same(await world.claim(), [], 'too early');
  world.pass(1);
  const task = only(await world.claim());
  same([task.token, task.attempts], [2, 1], 'again, with no attempt more');
}

async function releases(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  same(await world.a.release([lease]), [true], 'release');
  same(await world.a.release([lease]), [false], 'nothing to give up any more');
  same(await world.a.heartbeat([lease], LEASE_MS), [undefined], 'nothing to prolong any more');
  const task = only(await world.claim({ worker: 'worker-2' }));
  same([task.id, task.worker, task.token, task.attempts], [lease.id, 'worker-2', 2, 0], 'taken');
}
