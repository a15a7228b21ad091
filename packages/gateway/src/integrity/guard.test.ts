import { expect, it } from 'vitest';
import { compileIntegrity } from './config.ts';
import { Guard } from './guard.ts';
import { memoryValues, PinBook } from './pins.ts';

it('reads the pins of a server once for all who wait for them, and again after a store that failed', async () => {
  let reads = 0;
  let lost = true;
  const values = memoryValues(() => 0);
  const book = new PinBook({
    ...values,
    list: async (space, page) => {
      reads += 1;
      if (lost) throw new Error('the store is lost');
      return values.list(space, page);
    },
  });
  const guard = new Guard({ plan: compileIntegrity({}), book, now: () => 0, log: () => {} });
  const judged = () => guard.judge('s', 'tool', [{ name: 'a', definition: { name: 'a' } }]);
  const failed = await Promise.allSettled(Array.from({ length: 50 }, judged));
  expect([reads, ...new Set(failed.map(({ status }) => status))]).toEqual([1, 'rejected']);
  lost = false;
  const all = await Promise.all(Array.from({ length: 50 }, judged));
  expect(reads).toBe(2);
  expect(all.every(([one]) => one?.shown !== undefined)).toBe(true);
});
