import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { readArguments, undeclaredKeys } from './arguments.ts';

const schema = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    on: { type: 'boolean' },
    none: { type: ['null', 'integer'] },
    tags: { type: 'array', items: { type: 'string' } },
    sizes: { type: 'array', items: { type: 'integer' } },
    where: { type: 'object' },
    color: { enum: ['red', 'green'] },
    level: { enum: [1, 2, 3] },
    either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    referred: { $ref: '#/$defs/size' },
    loop: { $ref: '#/properties/loop' },
    free: {},
  },
  $defs: { size: { type: 'integer' } },
};

const read = (...pairs: string[]) => readArguments(pairs, {}, schema);

describe('readArguments', () => {
  test.each([
    ['text=5', { text: '5' }],
    ['text=', { text: '' }],
    ['text=a=b', { text: 'a=b' }],
    ['count=5', { count: 5 }],
    ['count=-1e3', { count: -1000 }],
    ['ratio=0.5', { ratio: 0.5 }],
    ['on=true', { on: true }],
    ['none=null', { none: null }],
    ['none=7', { none: 7 }],
    ['tags=new', { tags: ['new'] }],
    ['tags=["a","b"]', { tags: ['a', 'b'] }],
    ['where={"x":1}', { where: { x: 1 } }],
    ['color=red', { color: 'red' }],
    ['level=2', { level: 2 }],
    ['either=5', { either: 5 }],
    ['either=five', { either: 'five' }],
    ['referred=5', { referred: 5 }],
    ['loop=5', { loop: 5 }],
    ['free={"x":1}', { free: { x: 1 } }],
    ['free=word', { free: 'word' }],
    ['unknown=5', { unknown: 5 }],
  ])('reads %s as the schema says', (pair, expected) => {
    expect(read(pair)).toEqual(expected);
  });

  test('collects a list from repeated keys', () => {
    expect(read('tags=a', 'text=x', 'tags=b', 'sizes=1', 'sizes=2')).toEqual({
      tags: ['a', 'b'],
      text: 'x',
      sizes: [1, 2],
    });
  });

  test('puts pairs on top of the base', () => {
    expect(readArguments(['count=2'], { count: 1, text: 'kept' }, schema)).toEqual({
      count: 2,
      text: 'kept',
    });
  });

  test.each([
    ['count=many', '"count" is "many", which is not a whole number.'],
    ['count=1.5', '"count" is "1.5", which is not a whole number.'],
    ['count=0x10', '"count" is "0x10", which is not a whole number.'],
    ['on=yes', '"on" is "yes", which is not true or false.'],
    ['where=[1]', '"where" is "[1]", which is not a JSON object.'],
    ['none=x', '"none" is "x", which is not null or a whole number.'],
    ['word', '"word" is not an argument: write key=value.'],
    ['=5', '"=5" is not an argument: write key=value.'],
  ])('refuses %s and says what was expected', (pair, message) => {
    expect(() => read(pair)).toThrow(new Failure(message));
  });

  test('refuses a key that repeats and is no list', () => {
    expect(() => read('text=a', 'text=b')).toThrow('"text" is given 2 times, and it is not a list.');
  });

  test('makes own properties of whatever names, and touches no prototype', () => {
    const args = read('__proto__={"polluted":true}', 'constructor=x');
    expect(Object.keys(args)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('reads any text and number back as it was given', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (text, count, ratio) => {
          expect(read(`text=${text}`, `count=${count}`, `ratio=${JSON.stringify(ratio)}`)).toEqual({
            text,
            count,
            ratio: JSON.parse(JSON.stringify(ratio)),
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('undeclaredKeys names what the schema does not, where it names anything', () => {
  expect(undeclaredKeys({ text: 'x', toString: 1, other: 2 }, schema)).toEqual(['toString', 'other']);
  expect(undeclaredKeys({ text: 'x' }, { type: 'object' })).toEqual([]);
});
