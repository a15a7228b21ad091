import type { Lease } from '../state/row.ts';
import type { Asked } from '../store/verbs.ts';
import type { Case, ContractWorld } from './support.ts';
import { LEASE_MS, only, question, same } from './support.ts';

export const INPUT_CASES: readonly Case[] = [
  ['shows questions, and lets the worker go', suspends],
  ['goes on when all are answered, with no attempt more', goesOn],
  ['takes some of the answers and keeps the others open', takesSome],
  ['never asks under a key again', keepsKeys],
  ['lets a question be asked while the work goes on', asksHeld],
  ['takes questions back', withdraws],
  ['takes the first of two answers', takesFirst],
  ['ignores what was not asked, and other owners', ignores],
  ['keeps questions open over a failed run and a lost worker', keepsOpen],
];

async function ask(world: ContractWorld, lease: Lease, keys: readonly string[]): Promise<Asked | undefined> {
  const questions = keys.map((key) => ({ key, request: question(key) }));
  return (await world.a.ask([{ lease, questions, withdraw: [], suspend: true }]))[0];
}

function answer(
  world: ContractWorld,
  { id }: Lease,
  answers: Readonly<Record<string, string>>,
): Promise<unknown> {
  return world.a.answer({ id, owner: 'owner', answers });
}

async function suspends(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  world.pass(20);
  same(await ask(world, lease, ['b', 'a']), { open: 2, version: 2 }, 'asked');
  const seen = await world.see(lease.id);
  same([seen.status, seen.worker, seen.dueAt], ['input_required', null, null], 'state');
  same(seen.updatedAt - seen.createdAt, 20, 'updated');
  const shown = ['b', 'a'].map((key) => ({ key, request: question(key) }));
  same(seen.open, shown, 'open, in order');
  world.pass(10 * LEASE_MS);
  same(await world.claim(), [], 'claimed');
}

async function goesOn(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  await ask(world, lease, ['a']);
  world.pass(50);
  const text = '{ "action":"accept", "content":{"x":"\\u0000é"} }';
  same(await answer(world, lease, { a: text }), { accepted: ['a'], status: 'working' }, 'answered');
  const seen = await world.see(lease.id);
  same(
    [seen.status, seen.version, seen.open, seen.updatedAt - seen.createdAt],
    ['working', 3, [], 50],
    'seen',
  );
  const task = only(await world.claim());
  same([task.token, task.attempts], [2, 0], 'claimed');
  same(task.questions, [{ key: 'a', request: question('a'), state: 'answered', answer: text }], 'ledger');
}

async function takesSome(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  await ask(world, lease, ['a', 'b', 'c']);
  const some = { c: '{"n":3}', a: '{"n":1}' };
  const answered = (await world.a.answer({ id: lease.id, owner: 'owner', answers: some }))?.accepted ?? [];
  same([...answered].sort(), ['a', 'c'], 'accepted');
  const seen = await world.see(lease.id);
  same([seen.status, seen.open.map(({ key }) => key), seen.version], ['input_required', ['b'], 3], 'seen');
  same(await world.claim(), [], 'claimed');
  await answer(world, lease, { b: '{"n":2}' });
  const { questions } = only(await world.claim());
  same(
    questions.map((one) => one.answer),
    ['{"n":1}', '{"n":2}', '{"n":3}'],
    'answers',
  );
}

async function keepsKeys(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  await ask(world, lease, ['a']);
  await answer(world, lease, { a: '{"n":1}' });
  const task = only(await world.claim());
  const again = { lease: { id: task.id, token: task.token }, withdraw: [], suspend: true };
  const questions = [{ key: 'a', request: question('something else') }];
  same((await world.a.ask([{ ...again, questions }]))[0]?.open, 0, 'open');
  const { status, dueAt } = await world.see(lease.id);
  same([status, dueAt], ['working', world.now], 'nothing to wait for');
  const kept = { key: 'a', request: question('a'), state: 'answered', answer: '{"n":1}' };
  same((await world.dossier(lease.id)).questions, [kept], 'ledger');
  const next = only(await world.claim());
  const twice = ['x', 'y'].map((text) => ({ key: 'b', request: question(text) }));
  const asked = { lease: { id: next.id, token: next.token }, questions: twice, withdraw: [], suspend: true };
  same((await world.a.ask([asked]))[0]?.open, 1, 'open, of two with one key');
  same((await world.see(lease.id)).open, [{ key: 'b', request: question('x') }], 'the first');
}

async function asksHeld(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const held = { lease, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend: false };
  same(await world.a.ask([held]), [{ open: 1, version: 2 }], 'asked');
  const seen = await world.see(lease.id);
  same([seen.status, seen.worker, seen.dueAt], ['input_required', 'worker-1', world.now + LEASE_MS], 'held');
  same((await world.a.heartbeat([lease], LEASE_MS))[0]?.version, 2, 'beat');
  await answer(world, lease, { a: '{}' });
  same((await world.see(lease.id)).dueAt, world.now + LEASE_MS, 'still held');
  same((await world.a.heartbeat([lease], LEASE_MS))[0]?.version, 3, 'the worker learns of it');
  const nothing = { lease, questions: [], withdraw: [], suspend: true };
  same(await world.a.ask([nothing]), [{ open: 0, version: 4 }], 'suspended too late');
  same(only(await world.claim()).attempts, 0, 'due at once');
}

async function withdraws(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  const questions = [{ key: 'b', request: question('b') }];
  await world.a.ask([
    { lease, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend: false },
  ]);
  same((await world.a.ask([{ lease, questions, withdraw: ['a', 'x'], suspend: true }]))[0]?.open, 1, 'open');
  same(
    (await world.see(lease.id)).open.map(({ key }) => key),
    ['b'],
    'shown',
  );
  same(
    await answer(world, lease, { a: '{}' }),
    { accepted: [], status: 'input_required' },
    'an answer to it',
  );
  const states = (await world.dossier(lease.id)).questions.map(({ key, state }) => [key, state]);
  same(
    states,
    [
      ['a', 'withdrawn'],
      ['b', 'open'],
    ],
    'ledger',
  );
}

async function takesFirst(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  await ask(world, lease, ['a', 'b']);
  await answer(world, lease, { a: '{"n":1}' });
  const { version } = await world.see(lease.id);
  same(await answer(world, lease, { a: '{"n":2}' }), { accepted: [], status: 'input_required' }, 'second');
  same((await world.see(lease.id)).version, version, 'nothing changed');
  same((await world.dossier(lease.id)).questions[0]?.answer, '{"n":1}', 'kept');
}

async function ignores(world: ContractWorld): Promise<void> {
  const working = await world.hold();
  same(await answer(world, working, { a: '{}' }), { accepted: [], status: 'working' }, 'nothing asked');
  const lease = await world.hold();
  await ask(world, lease, ['a']);
  same(
    await answer(world, lease, { A: '{}', __proto__: '{}' }),
    { accepted: [], status: 'input_required' },
    'unknown',
  );
  same(await answer(world, lease, {}), { accepted: [], status: 'input_required' }, 'none');
  same(
    await world.a.answer({ id: lease.id, owner: 'another', answers: { a: '{}' } }),
    undefined,
    'another owner',
  );
  same((await world.see(lease.id)).version, 2, 'nothing changed');
}

async function keepsOpen(world: ContractWorld): Promise<void> {
  const lease = await world.hold();
  await world.a.ask([
    { lease, questions: [{ key: 'a', request: question('a') }], withdraw: [], suspend: false },
  ]);
  await world.a.retry([{ lease, delayMs: 0 }]);
  same((await world.see(lease.id)).status, 'input_required', 'after a failed run');
  const second = only(await world.claim());
  same([second.attempts, second.questions[0]?.state], [1, 'open'], 'the next run');
  world.pass(LEASE_MS);
  const third = only(await world.claim());
  same([third.attempts, third.open.length, third.status], [2, 1, 'input_required'], 'after a lost worker');
}
