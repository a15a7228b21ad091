import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap, type Sized } from './bounded-map.ts';

const value = (key: string, bytes = 1): Sized => ({ key, bytes });

describe('a bounded map', () => {
  it('lets go first of what nobody has used, the oldest of it before the rest', () => {
    const gone: string[] = [];
    const map = new BoundedMap<Sized>(3, ({ key }) => gone.push(key));
    for (const key of ['a', 'b', 'c']) map.set(value(key));
    map.get('a');
    map.set(value('d'));
    map.set(value('e'));
    map.set(value('f'));
    expect(gone).toEqual(['b', 'c', 'd']);
    expect(map.get('a')).toBeDefined();
  });

  it('keeps within its bound, keeps what was put last, and tells of each thing that leaves once', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      bytes: fc.nat({ max: 12 }),
      do: fc.constantFrom('get', 'set', 'set', 'delete'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inside = new Set<Sized>();
        const map = new BoundedMap<Sized>(10, (left) => expect(inside.delete(left)).toBe(true));
        for (const { do: what, key, bytes } of steps) {
          const put = value(key, bytes);
          if (what === 'get') map.get(key);
          else if (what === 'delete') map.delete(key);
          else if (map.set(put)) {
            inside.add(put);
            expect(map.get(key)).toBe(put);
          } else expect([bytes > 10, map.get(key)]).toEqual([true, undefined]);
          expect(map.size).toBe(inside.size);
          expect(map.bytes).toBe([...inside].reduce((sum, kept) => sum + kept.bytes, 0));
          expect(map.bytes).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});
