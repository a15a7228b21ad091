import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_SEAT, Roster } from './roster.ts';

it('a roster holds what a set would', () => {
  const step = fc.record({ add: fc.boolean(), who: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const people = Array.from({ length: 10 }, (_, name) => ({ name, seat: NO_SEAT }));
      const roster = new Roster<(typeof people)[number]>();
      const set = new Set<(typeof people)[number]>();
      for (const { add, who } of steps) {
        const person = people[who];
        if (person === undefined) continue;
        if (add) roster.add(person);
        else roster.delete(person);
        if (add) set.add(person);
        else set.delete(person);
        expect(roster.size).toBe(set.size);
      }
      const byName = (list: Iterable<{ name: number }>) => [...list].map(({ name }) => name).sort();
      expect(byName(roster.list())).toEqual(byName(set));
    }),
  );
});
