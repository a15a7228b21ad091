import type { Case, ContractWorld } from './support.ts';
import { LEASE_MS, MINUTE, newTask, same } from './support.ts';

export const CREATE_CASES: readonly Case[] = [
  ['gives back what a task was made with', givesBack],
  ['gives texts back to the letter', givesTexts],
  ['has nothing under an id that nobody made', hasNothing],
  ['makes many tasks in one call, and reads many in the order asked for', makesMany],
  ['reads a task for its owner only, where one is named', readsOwn],
  ['refuses a second task with the same id', refusesSameId],
  ['makes one task of an idempotency key, for an owner and tool', keepsKeys],
  ['makes one task of an idempotency key, however many ask at once', keepsKeysAtOnce],
  ['frees an idempotency key with the task', freesKeys],
  ['makes a task that is leased already', makesLeased],
  ['makes a task that is due later', makesLater],
];

async function givesBack(world: ContractWorld): Promise<void> {
  const task = newTask({ priority: 7, idempotencyKey: 'key', pollIntervalMs: 250, retentionMs: 5 * MINUTE });
  const [made] = await world.a.create([task]);
  same(made?.created, true, 'created');
  const found = await world.dossier(task.id);
  for (const [name, value] of Object.entries(task)) same(Reflect.get(found, name), value, name);
  const { status, createdAt, updatedAt, version, attempts, dueAt, worker, token, cancelRequested } = found;
  same([status, createdAt, updatedAt, version], ['working', world.now, world.now, 1], 'state');
  same([attempts, dueAt, worker, token, cancelRequested], [0, world.now, null, 0, false], 'turn');
  same(
    [found.steps, found.questions, found.open, found.statusMessage],
    [{}, [], [], undefined],
    'nothing yet',
  );
  const seen = await world.see(task.id);
  same([seen.id, seen.owner, seen.ttlMs, 'params' in seen], [task.id, 'owner', 60 * MINUTE, false], 'seen');
}

async function givesTexts(world: ContractWorld): Promise<void> {
  const params = '{ "z":1.10, "a":"\\u0000 é \\u2028 \u{1f600}", "a":[ ], "__proto__":null }';
  const owner = 'o\'\\"%_é\u{1f600}';
  const id = await world.make({ params, context: '[1e3]', owner, tool: 't'.repeat(200), ttlMs: null });
  const found = await world.dossier(id);
  same([found.params, found.context, found.owner, found.ttlMs], [params, '[1e3]', owner, null], 'texts');
}

async function hasNothing(world: ContractWorld): Promise<void> {
  same([await world.a.get(['nothing']), await world.a.get([])], [[undefined], []], 'get');
  same(await world.a.inspect('nothing'), undefined, 'inspect');
  same(await world.a.cancel({ id: 'nothing' }), undefined, 'cancel');
  same(await world.a.answer({ id: 'nothing', owner: 'owner', answers: { key: '{}' } }), undefined, 'answer');
}

async function makesMany(world: ContractWorld): Promise<void> {
  const tasks = Array.from({ length: 50 }, () => newTask());
  const made = await world.a.create(tasks);
  same(
    made.map(({ task }) => task?.id),
    tasks.map(({ id }) => id),
    'made',
  );
  const ids = tasks.map(({ id }) => id).reverse();
  const found = await world.b.get([...ids, 'nothing']);
  same(
    found.map((task) => task?.id),
    [...ids, undefined],
    'found',
  );
}

async function readsOwn(world: ContractWorld): Promise<void> {
  const [mine, yours] = [await world.make(), await world.make({ owner: 'another' })];
  for (const [owners, wanted] of [
    [undefined, [mine, yours, undefined]],
    [
      ['owner', 'owner', 'owner'],
      [mine, undefined, undefined],
    ],
    [
      ['owner', 'another', 'another'],
      [mine, yours, undefined],
    ],
    [
      ['another', 'another', ''],
      [undefined, yours, undefined],
    ],
  ] as const) {
    const found = await world.b.get([mine, yours, 'nothing'], owners);
    same(
      found.map((task) => task?.id),
      wanted,
      `for ${owners}`,
    );
  }
}

async function refusesSameId(world: ContractWorld): Promise<void> {
  const id = await world.make({ params: '{"first":true}' });
  const second = await world.a.create([newTask({ id, params: '{}' })]).catch(() => undefined);
  same(second, undefined, 'second');
  same((await world.dossier(id)).params, '{"first":true}', 'kept');
}

async function keepsKeys(world: ContractWorld): Promise<void> {
  const first = await world.make({ idempotencyKey: 'key', params: '{"n":1}' });
  const [again, ...others] = await world.b.create([
    newTask({ idempotencyKey: 'key', params: '{"n":2}' }),
    newTask({ idempotencyKey: 'key', owner: 'another' }),
    newTask({ idempotencyKey: 'key', tool: 'another' }),
    newTask({ idempotencyKey: 'Key' }),
    newTask(),
  ]);
  same([again?.created, again?.task?.id], [false, first], 'again');
  same(again !== undefined && !again.created && again.task?.params, '{"n":1}', 'its params');
  same(
    others.map(({ created }) => created),
    [true, true, true, true],
    'others',
  );
}

async function keepsKeysAtOnce(world: ContractWorld): Promise<void> {
  const tasks = Array.from({ length: 20 }, () => newTask({ idempotencyKey: 'key' }));
  const made = await Promise.all(tasks.map((task, at) => (at % 2 === 0 ? world.a : world.b).create([task])));
  const all = made.flat();
  same(all.filter(({ created }) => created).length, 1, 'created');
  same(new Set(all.map(({ task }) => task?.id)).size, 1, 'ids');
  const both = await world.a.create([newTask({ idempotencyKey: 'two' }), newTask({ idempotencyKey: 'two' })]);
  same(
    both.map(({ created }) => created),
    [true, false],
    'in one call',
  );
}

async function freesKeys(world: ContractWorld): Promise<void> {
  const id = await world.make({ idempotencyKey: 'key' });
  await world.a.cancel({ id });
  same((await world.a.create([newTask({ idempotencyKey: 'key' })]))[0]?.created, false, 'while it is kept');
  same(await world.a.prune({ finishedForMs: 0, limit: 10 }), 1, 'pruned');
  same((await world.a.create([newTask({ idempotencyKey: 'key' })]))[0]?.created, true, 'afterwards');
}

async function makesLeased(world: ContractWorld): Promise<void> {
  const id = await world.make({ lease: { worker: 'worker-9', leaseMs: LEASE_MS } });
  const { worker, token, dueAt } = await world.see(id);
  same([worker, token, dueAt], ['worker-9', 1, world.now + LEASE_MS], 'lease');
  same(await world.claim(), [], 'claimed while leased');
  same(await world.a.saveSteps([{ lease: { id, token: 1 }, name: 's', result: '1' }]), [true], 'step');
  world.pass(LEASE_MS);
  const [taken] = await world.claim();
  same([taken?.id, taken?.token, taken?.attempts], [id, 2, 1], 'taken over');
}

async function makesLater(world: ContractWorld): Promise<void> {
  await world.make({ delayMs: 500 });
  const early = await world.b.claim({ worker: 'w', leaseMs: LEASE_MS, limit: 1, tools: [{ name: 'tool' }] });
  same(early.tasks, [], 'early');
  same(early.nextInMs ?? 500, 500, 'next');
  world.pass(500);
  same((await world.claim()).length, 1, 'later');
}
