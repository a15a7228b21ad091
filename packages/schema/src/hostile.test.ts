import dns from 'node:dns';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FORMATS } from './evaluate/formats.ts';
import { checkSchema, compileSchema, type JsonSchema, SchemaError, validateOnce } from './index.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a schema that reaches for the network', () => {
  it.each<JsonSchema>([
    { $ref: 'http://127.0.0.1:9/schema.json' },
    { $id: 'http://127.0.0.1:9/root', $ref: 'sibling' },
    { properties: { a: { $dynamicRef: 'http://127.0.0.1:9/schema.json#meta' } } },
    { $schema: 'http://127.0.0.1:9/dialect' },
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $ref: 'http://127.0.0.1:9/schema.json#/definitions/a',
    },
    { $ref: 'https://json-schema.org/draft/2020-12/schema' },
  ])('is refused and asks for nothing: %j', async (schema) => {
    const reached = vi.fn(() => {
      throw new Error('The network was asked');
    });
    vi.stubGlobal('fetch', reached);
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(reached);
    vi.spyOn(dns, 'lookup').mockImplementation(reached);
    expect(() => checkSchema(schema)).toThrow(SchemaError);
    await expect(compileSchema(schema, { direction: 'input' })).rejects.toBeInstanceOf(SchemaError);
    await expect(compileSchema(schema, { direction: 'input', origin: 'peer' })).rejects.toBeInstanceOf(
      SchemaError,
    );
    await expect(validateOnce(schema, {})).rejects.toBeInstanceOf(SchemaError);
    expect(reached).not.toHaveBeenCalled();
  });
});

describe('a schema that takes time', () => {
  it.each<[string, JsonSchema, unknown]>([
    ['doubles the work at every reference', doubling('allOf'), 1],
    ['doubles the work at every alternative', doubling('anyOf'), 'x'],
    ['doubles the work at every exclusive alternative', doubling('oneOf'), 1],
    ['looks for an item', { items: { contains: { const: 'x'.repeat(99) } } }, squareOf('x'.repeat(99))],
    [
      'looks at every item again and again',
      { allOf: Array(4_900).fill({ contains: true }) },
      Array(50_000).fill(1),
    ],
    [
      'compares every item again and again',
      { allOf: Array(4_900).fill({ uniqueItems: true }) },
      countTo(50_000),
    ],
    ['tries many patterns on many names', manyPatterns(), manyNames()],
    ['names many properties', { items: { properties: manyMembers(20_000, true) } }, Array(20_000).fill({})],
    [
      'counts members again and again',
      { allOf: Array(4_900).fill({ minProperties: 1 }) },
      manyMembers(50_000, 1),
    ],
    [
      'names members again and again',
      { allOf: Array(4_900).fill({ propertyNames: true }) },
      manyMembers(50_000, 1),
    ],
    [
      'has many conditions',
      { items: { dependentSchemas: manyMembers(4_900, true) } },
      Array(200_000).fill({}),
    ],
    ['remembers members again and again', remembering('properties'), manyMembers(40_000, 1)],
    ['remembers items again and again', remembering('items'), Array(40_000).fill(1)],
    ['makes a large automaton', { pattern: '(?:a?){900}a{900}$' }, `${'a'.repeat(500_000)}b`],
    ['compares long texts', { allOf: Array(4_900).fill({ not: { enum: [[1]] } }) }, ['a'.repeat(50_000)]],
    [
      'goes deep',
      { $ref: '#/$defs/t', $defs: { t: { properties: { c: { $ref: '#/$defs/t' } } } } },
      nested(1_000),
    ],
  ])('is cut short where it %s', async (_name, schema, value) => {
    const started = performance.now();
    const answer = await validateOnce(schema, value);
    const messages = answer.ok ? [] : answer.issues.map(({ message }) => message);
    expect(messages).toContain('validation was stopped: it takes too many steps');
    // Some hundred milliseconds on a quiet machine; unbounded, most of these take minutes or for ever.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each<[string, string]>([
    ['repeats inside repeats', '^(a+)+$'],
    ['backtracks by alternatives', '^(a|a)*$'],
    ['overlaps', '^\\s*a*\\s*a*\\s*a*$'],
  ])('runs in linear time where its pattern %s', async (_name, pattern) => {
    const started = performance.now();
    const answer = await validateOnce({ pattern }, `${'a'.repeat(500_000)}b`);
    expect(answer).toMatchObject({
      ok: false,
      issues: [{ message: `expected a string that matches ${pattern}` }],
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('says that it was cut short', async () => {
    const answer = await validateOnce(doubling('allOf'), 1, { bounds: { maxSteps: 1_000 } });
    expect(answer).toEqual({
      ok: false,
      issues: [{ path: '', message: 'validation was stopped: it takes too many steps' }],
    });
  });

  it('does not stop honest work', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id}`, tags: ['a', 'b'] }));
    const schema = {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          id: { type: 'integer' },
          name: { type: 'string', pattern: '^row' },
          tags: { items: { type: 'string' } },
        },
        required: ['id', 'name'],
      },
    };
    expect(await validateOnce(schema, rows)).toMatchObject({ ok: true });
  });

  it('is refused where its patterns make too many states', async () => {
    for (const pattern of [`(${'a'.repeat(990)}){1000}`, 'a{1000}'.repeat(140), '((a{30}){30}){30}']) {
      await expect(validateOnce({ pattern }, 'a')).rejects.toMatchObject({ code: 'unsupported-pattern' });
    }
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`^x${index}a{900}`, {}]));
    await expect(validateOnce({ patternProperties: many }, {})).rejects.toMatchObject({
      code: 'unsupported-pattern',
    });
  });

  it('is refused where it is a long chain that would use up the stack', async () => {
    const $defs: Record<string, JsonSchema> = { d4000: { type: 'string' } };
    for (let index = 0; index < 4_000; index += 1) $defs[`d${index}`] = { $ref: `#/$defs/d${index + 1}` };
    expect(await validateOnce({ $ref: '#/$defs/d0', $defs }, 1)).toMatchObject({ ok: false });
  });
});

describe('a value made for a format', () => {
  const attacks = [
    'a',
    '1',
    ':',
    '/',
    '.',
    '-',
    '@',
    '%',
    '[',
    '{',
    '0.',
    'a.',
    'a-',
    '::',
    '%20',
    '{a}',
    'P1',
    '"',
  ];

  it.each([...FORMATS.keys()])('does not keep %s busy', (name) => {
    const matches = FORMATS.get(name);
    const started = performance.now();
    for (const prefix of ['', 'a@', 'http://', 'http://a', '2020-01-01T00:00:00.', '/', 'P', '#', '::']) {
      for (const attack of attacks) {
        for (const size of [30, 300, 8_000, 200_000])
          matches?.(`${prefix}${attack.repeat(size / attack.length)}\n!`);
      }
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

function doubling(keyword: 'allOf' | 'anyOf' | 'oneOf'): JsonSchema {
  const levels = 40;
  const $defs: Record<string, JsonSchema> = {
    [`d${levels}`]: { type: keyword === 'anyOf' ? 'number' : 'integer' },
  };
  for (let level = 0; level < levels; level += 1) {
    const $ref = `#/$defs/d${level + 1}`;
    $defs[`d${level}`] = { [keyword]: [{ $ref }, { $ref }] };
  }
  return { $ref: '#/$defs/d0', $defs };
}

function nested(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level += 1) value = { c: value };
  return value;
}

function countTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function squareOf(item: string): unknown {
  const row = Array.from({ length: 2_000 }, () => item);
  return Array.from({ length: 2_000 }, () => row);
}

function manyMembers<T>(count: number, member: T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, member]));
}

/** Looks at every part of the value in each of many alternatives that all match, and asks in the end what is left. */
function remembering(kind: 'properties' | 'items'): JsonSchema {
  const look = kind === 'items' ? { contains: true } : { additionalProperties: true };
  const rest = kind === 'items' ? { unevaluatedItems: false } : { unevaluatedProperties: false };
  return { anyOf: Array(4_000).fill(look), ...rest, not: {} };
}

function manyPatterns(): JsonSchema {
  const patterns = Array.from({ length: 900 }, (_, index) => [`a${index}.*b`, true]);
  return { patternProperties: Object.fromEntries(patterns) };
}

function manyNames(): unknown {
  return Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${'a'.repeat(200)}${index}`, 1]));
}
