import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';

describe('differences', () => {
  it('are none between equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(differences(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it.each([
    [{ a: 1 }, { a: 2 }, ['a']],
    [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }, 2] }, ['a[1].b', 'a[2]']],
    [{ a: [] }, { a: {} }, ['a']],
    [1, '1', ['.']],
    [{ a: null }, {}, ['a']],
  ])('are told by place: %j, %j', (one, other, at) => {
    expect(differences(one, other)).toEqual(at);
    expect(differences(other, one).toSorted()).toEqual(at.toSorted());
  });

  it('are bounded in number, depth and length', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
    expect(differences(many, {})).toHaveLength(20);
    let one: unknown = 1;
    let other: unknown = 2;
    for (let i = 0; i < 5000; i++) [one, other] = [{ ['x'.repeat(100)]: one }, { ['x'.repeat(100)]: other }];
    expect(differences(one, other).every((path) => path.length <= 200)).toBe(true);
  });
});
