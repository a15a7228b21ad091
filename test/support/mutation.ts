import fc from 'fast-check';

/** Replaces, takes out or adds members anywhere in a value. */
export const mutated = <T>(value: T): fc.Arbitrary<T> =>
  fc
    .record({
      at: fc.nat(),
      by: anything,
      how: fc.constantFrom('replace', 'remove', 'add'),
      key: fc.oneof(fc.string(), ODD_KEYS),
    })
    .map(({ at, by, how, key }) => {
      const copy = structuredClone(value);
      const places = placesOf(copy);
      const place = places[at % places.length];
      if (place === undefined) return copy;
      const [parent, name] = place;
      const member = { value: by, enumerable: true, configurable: true, writable: true };
      if (how === 'remove') Reflect.deleteProperty(parent, name);
      else if (how === 'add' && Array.isArray(parent)) parent.push(by);
      else Object.defineProperty(parent, how === 'add' ? key : name, member);
      return copy;
    });

/** Names that trip up whoever merges or looks up carelessly. */
export const ODD_KEYS: fc.Arbitrary<string> = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  '~standard',
  'length',
);
/** Any JSON value, the odd ones more often. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    null,
    '',
    0,
    -1,
    1.5,
    2 ** 53,
    true,
    [],
    {},
    [[]],
    'x'.repeat(2000),
    '\u0000',
    '\ud800',
    '__proto__',
  ),
  fc.record({ constructor: fc.record({ prototype: fc.constant({}) }) }),
);

function placesOf(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]): [object, string][] => [
    [value, key],
    ...placesOf(member),
  ]);
}
