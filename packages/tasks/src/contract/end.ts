import type { Case, ContractWorld } from './support.ts';
import { LEASE_MS, MINUTE, only, question, same } from './support.ts';

export const END_CASES: readonly Case[] = [
  ['ends with a result', completes],
  ['ends with an error', fails],
  ['raises ttlMs for what is to be kept longer, and never lowers it', raisesTtl],
  ['cancels at once what nobody works on', cancelsQueued],
  ['asks a worker to cancel', asksWorker],
  ['cancels at once what waits for input', cancelsWaiting],
  ['cancels at once what a dead worker has', cancelsDead],
  ['cancels for the owner only, where one is named', cancelsOwn],
  ['makes a new task of a failed one, with its steps and answers', requeues],
];

async function completes(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const result = '{ "content":[ {"type":"text","text":"\\u0000é"} ] }';
  await world.a.report([{ lease, statusMessage: 'half-way' }]);
  world.pass(30);
  same(await world.a.finish([{ lease, outcome: { status: 'completed', result } }]), [true], 'end');
  const seen = await world.see(lease.id);
  same([seen.status, seen.result, seen.error, seen.open], ['completed', result, undefined, []], 'seen');
  same([seen.finishedAt, seen.updatedAt, seen.version], [world.now, world.now, 3], 'times');
  same([seen.worker, seen.dueAt, seen.statusMessage], [null, null, 'half-way'], 'at rest');
}

async function fails(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const error = '{"code":-32603,"message":"no"}';
  await world.a.finish([{ lease, outcome: { status: 'failed', error, statusMessage: 'broken' } }]);
  const seen = await world.see(lease.id);
  same(
    [seen.status, seen.error, seen.result, seen.statusMessage],
    ['failed', error, undefined, 'broken'],
    'seen',
  );
}

async function raisesTtl(world: ContractWorld): Promise<void> {
  const lives = [
    { ttlMs: 60 * MINUTE, retentionMs: MINUTE },
    { ttlMs: 2 * MINUTE, retentionMs: 5 * MINUTE },
    { ttlMs: null, retentionMs: MINUTE },
    { ttlMs: null, retentionMs: null },
    { ttlMs: 2 * MINUTE, retentionMs: null },
  ];
  const ids: string[] = [];
  for (const life of lives) ids.push((await world.hold(life)).id);
  world.pass(MINUTE);
  const ends = ids.map((id) => ({
    lease: { id, token: 1 },
    outcome: { status: 'completed', result: '{}' } as const,
  }));
  await world.a.finish(ends);
  const minutes = (await world.b.get(ids)).map((task) => (task?.ttlMs == null ? null : task.ttlMs / MINUTE));
  same(minutes, [60, 6, 2, null, 2], 'minutes');
}

async function cancelsQueued(world: ContractWorld): Promise<void> {
  const id = await world.make({ retentionMs: 90 * MINUTE });
  same(await world.a.cancel({ id, owner: 'owner' }), 'cancelled', 'cancel');
  const seen = await world.see(id);
  same(
    [seen.status, seen.version, seen.finishedAt, seen.ttlMs],
    ['cancelled', 2, world.now, 90 * MINUTE],
    'seen',
  );
  same(await world.a.cancel({ id, owner: 'owner' }), 'terminal', 'again');
  same(await world.claim(), [], 'claimed');
}

async function asksWorker(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  same(
    [await world.a.cancel({ id: lease.id }), await world.b.cancel({ id: lease.id })],
    ['requested', 'requested'],
    'cancel',
  );
  same((await world.see(lease.id)).status, 'working', 'still working');
  same((await world.a.heartbeat([lease], LEASE_MS))[0]?.cancelRequested, true, 'the worker learns of it');
  same(await world.a.finish([{ lease, outcome: { status: 'cancelled' } }]), [true], 'settled');
  const taken = await world.hold();
  await world.a.cancel({ id: taken.id });
  world.pass(LEASE_MS);
  same(only(await world.claim()).cancelRequested, true, 'so does the next worker');
}

async function cancelsWaiting(world: ContractWorld): Promise<void> {
  for (const suspend of [true, false]) {
    const lease = await world.hold();
    await world.a.ask([{ lease, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend }]);
    same(await world.a.cancel({ id: lease.id, owner: 'owner' }), 'cancelled', 'cancel');
    const seen = await world.see(lease.id);
    same([seen.status, seen.open], ['cancelled', []], 'seen');
    const late = await world.a.answer({ id: lease.id, owner: 'owner', answers: { a: '{}' } });
    same(late, { accepted: [], status: 'cancelled' }, 'a late answer');
    same(await world.a.heartbeat([lease], LEASE_MS), [undefined], 'its worker learns of it');
  }
}

async function cancelsDead(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(LEASE_MS);
  same(await world.a.cancel({ id: lease.id }), 'cancelled', 'cancel');
  const outcome = { status: 'completed', result: '{}' } as const;
  same(await world.a.finish([{ lease, outcome }]), [false], 'it was not dead, but too late');
}

async function cancelsOwn(world: ContractWorld): Promise<void> {
  const id = await world.make();
  same(await world.a.cancel({ id, owner: 'another' }), undefined, 'another');
  same((await world.see(id)).status, 'working', 'untouched');
  same(await world.a.cancel({ id }), 'cancelled', 'whoever it belongs to');
}

async function requeues(world: ContractWorld): Promise<void> {
  const lease = await world.hold({ params: '{"n":1}', idempotencyKey: 'key', priority: 3 });
  same(await world.a.requeue(lease.id, 'early'), undefined, 'before it has failed');
  await world.a.saveSteps([{ lease, name: 'one', result: '1' }]);
  const questions = ['a', 'b'].map((key) => ({ key, request: question(key) }));
  await world.a.ask([{ lease, questions, withdraw: [], suspend: false }]);
  await world.a.answer({ id: lease.id, owner: 'owner', answers: { a: '"yes"' } });
  await world.a.finish([{ lease, outcome: { status: 'failed', error: '{}', statusMessage: 'broken' } }]);
  const id = crypto.randomUUID();
  const fresh = await world.a.requeue(lease.id, id);
  same([fresh?.id, fresh?.status, fresh?.idempotencyKey], [id, 'working', undefined], 'fresh');
  same((await world.see(lease.id)).status, 'failed', 'the old one');
  const task = only(await world.claim());
  same([task.id, task.params, task.priority, task.attempts], [id, '{"n":1}', 3, 0], 'task');
  same(
    [task.error, task.finishedAt, task.statusMessage],
    [undefined, undefined, undefined],
    'nothing of the end',
  );
  same(
    [task.steps, task.questions.map(({ state }) => state)],
    [{ one: '1' }, ['answered', 'withdrawn']],
    'kept',
  );
  same(await world.a.requeue('nothing', 'x'), undefined, 'unknown');
}
