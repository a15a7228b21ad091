import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digest, type JSONValue } from './index.ts';

describe('canonicalJson', () => {
  it('writes the examples of RFC 8785', () => {
    // Section 3.2.2 and 3.2.3.
    const numbers: JSONValue = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(numbers)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalJson(keys)))).toEqual([4, 2, 6, 7, 1, 5, 3].sort(byPlace));
    expect(canonicalJson(keys).match(/:\d/g)).toEqual([':2', ':4', ':6', ':7', ':1', ':5', ':3']);
  });

  it('gives one text to values that are equal, and another to others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [left, right] = [one, other].map((value) => JSON.parse(JSON.stringify(value)) as JSONValue);
        const same = canonicalJson(left ?? null) === canonicalJson(right ?? null);
        expect(canonicalJson(shuffled(left) as JSONValue)).toBe(canonicalJson(left ?? null));
        expect(JSON.parse(canonicalJson(left ?? null))).toEqual(left);
        if (same) expect(left).toEqual(right);
      }),
    );
  });

  it.each<[unknown, string]>([
    [{ b: 1, a: undefined }, '{"b":1}'],
    [-0, '0'],
    ['\ud800', '"\\ud800"'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [[[], {}], '[[],{}]'],
    [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ])('writes %j as %s', (value, text) => {
    expect(canonicalJson(value as JSONValue)).toBe(text);
  });

  it.each([
    [Number.NaN, /NaN/],
    [Number.POSITIVE_INFINITY, /Infinity/],
    [1n, /BigInt/],
    [undefined, /Undefined/],
    [[undefined], /Undefined/],
    [() => 1, /Function/],
    [new Date(0), /Date/],
    [new Map(), /Map/],
    [Symbol('a'), /Symbol/],
  ])('refuses %s', (value, message) => {
    // Deliberately of the wrong type: callers may not be type-checked.
    expect(() => canonicalJson(value as unknown as JSONValue)).toThrow(TypeError);
    expect(() => digest(value as unknown as JSONValue)).toThrow(message);
  });

  it('refuses circular and very deep values, and survives deep ones', () => {
    const circle: { [key: string]: JSONValue } = {};
    circle['self'] = circle;
    expect(() => canonicalJson(circle)).toThrow(/deeper than 512/);
    expect(() => canonicalJson(nested(513))).toThrow(TypeError);
    expect(canonicalJson(nested(512))).toHaveLength(1_025);
  });
});

describe('digest', () => {
  it('is the SHA-256 of the canonical text, in base64url', async () => {
    const expected = createHash('sha256').update('{"a":[1,"é"],"b":null}').digest('base64url');
    expect(await digest({ b: null, a: [1, 'é'] })).toBe(expected);
    expect(expected).toHaveLength(43);
  });

  it('differs where types differ', async () => {
    const values: readonly JSONValue[] = [
      1,
      '1',
      [1],
      { a: 1 },
      { a: '1' },
      null,
      'null',
      true,
      '',
      [],
      {},
      [[]],
    ];
    expect(new Set(await Promise.all(values.map(digest))).size).toBe(values.length);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

/** JSON.parse puts a key that is a whole number first. */
function byPlace(left: number, right: number): number {
  const order = [4, 2, 6, 7, 1, 5, 3];
  return order.indexOf(left) - order.indexOf(right);
}

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}

function nested(levels: number): JSONValue {
  let value: JSONValue = 0;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
