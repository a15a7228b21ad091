import type { Case, ContractWorld } from './support.ts';
import { newTask, same } from './support.ts';

export const LIMIT_CASES: readonly Case[] = [
  ['makes no more live tasks of an owner than allowed', limitsLive],
  ['makes no more live tasks of an owner than allowed, however many ask at once', limitsLiveAtOnce],
];

async function limitsLive(world: ContractWorld): Promise<void> {
  const limits = { livePerOwner: 2 };
  const made = await world.a.create([newTask(), newTask({ owner: 'another' }), newTask(), newTask()], limits);
  same(
    made.map(({ created }) => created),
    [true, true, true, false],
    'created',
  );
  const refused = made[3];
  same(refused === undefined || 'task' in refused, false, 'refused without a task');
  const [known] = await world.a.create([newTask({ idempotencyKey: 'key', owner: 'another' })], limits);
  const [again] = await world.a.create([newTask({ idempotencyKey: 'key', owner: 'another' })], limits);
  same(again?.task?.id, known?.task?.id, 'one that exists is no more');
  await world.a.cancel({ id: made[0]?.task?.id ?? '' });
  same((await world.b.create([newTask()], limits))[0]?.created, true, 'when one has ended');
  same((await world.b.create([newTask()]))[0]?.created, true, 'without a limit');
}

async function limitsLiveAtOnce(world: ContractWorld): Promise<void> {
  const { a, b } = world;
  for (const [owner, livePerOwner, calls, together] of RACES) {
    // Others ask at the same time, and their tasks do not count for this one.
    const made = await Promise.all(
      Array.from({ length: calls }, (_, at) => {
        const tasks = Array.from({ length: together }, () => [newTask({ owner }), newTask()]).flat();
        return (at % 2 === 0 ? a : b).create(tasks, { livePerOwner });
      }),
    );
    const own = made.flat().filter(({ task }) => task?.owner === owner);
    same(own.length, livePerOwner, `made of ${livePerOwner} allowed`);
    const { tasks } = await b.list({ owner, limit: livePerOwner + calls * together });
    same(tasks.length, livePerOwner, `kept of ${livePerOwner} allowed`);
  }
}

/** A small limit, and a large one that is reached by single tasks and by many at a time. */
const RACES = [
  ['few', 3, 40, 1],
  ['many', 250, 400, 1],
  ['together', 250, 40, 20],
] as const;
