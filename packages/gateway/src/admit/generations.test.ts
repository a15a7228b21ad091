import { expect, it } from 'vitest';
import { Generations } from './generations.ts';

it('what was used lately stays, what was not goes, and there is never more than was said', () => {
  const numbers = new Generations(100);
  numbers.set('kept', 0);
  let most = 0;
  for (let i = 0; i < 10_000; i++) {
    numbers.set(`key ${i}`, i);
    if (i % 10 === 0) numbers.set('kept', i);
    most = Math.max(most, numbers.size);
  }
  expect(most).toBeLessThanOrEqual(101);
  expect(numbers.get('kept')).toBe(9990);
  expect(numbers.get('key 9999')).toBe(9999);
  expect(numbers.get('key 9000')).toBeUndefined();
});
