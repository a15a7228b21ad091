import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import {
  compileSchema,
  formatIssues,
  type InferInput,
  type InferOutput,
  type JsonSchema,
  SchemaError,
  type Validation,
  validateOnce,
} from './index.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const refusing = (resolve: (outcome: unknown) => void) => resolve({ issues: [{ message: 'no' }] });

describe('compileSchema, Standard Schema', () => {
  it.each([
    ['zod', z.object({ size: z.number(), unit: z.string().default('m') })],
    ['arktype', type({ size: 'number', unit: "string = 'm'" })],
    ['valibot', toStandardJsonSchema(v.object({ size: v.number(), unit: v.optional(v.string(), 'm') }))],
  ])('validates by %s itself, with its defaults', async (_vendor, schema) => {
    const compiled = await compileSchema(schema, { direction: 'input' });
    expect(compiled.json).toMatchObject({ type: 'object', required: ['size'] });
    expect(await compiled.validate({ size: 2 })).toEqual({ ok: true, value: { size: 2, unit: 'm' } });
    const refused = await compiled.validate({ size: 'two', unit: 'm' });
    expect(refused).toMatchObject({ ok: false, issues: [{ path: '/size' }] });
    expect(line(refused)).toMatch(/number/);
  });

  it.each([
    ['a promise of its own kind', Object.fromEntries([['then', refusing]])],
    ['neither a value nor issues', {}],
  ])('takes no outcome for a success that is %s', async (_what, outcome) => {
    const json = () => ({ type: 'object' });
    const props = { version: 1 as const, vendor: 'odd', jsonSchema: { input: json, output: json } };
    const schema = { '~standard': { ...props, validate: () => outcome as never } };
    const compiled = await compileSchema(schema, { direction: 'input' });
    const checked = await new Promise((resolve) => {
      resolve(compiled.validate({}));
    }).catch(() => 'refused');
    expect(checked).not.toMatchObject({ ok: true });
  });

  it('answers at once where the library does, and by promise where it does not', async () => {
    const plain = await compileSchema(z.object({ a: z.number() }), { direction: 'input' });
    expect(plain.validate({ a: 1 })).toEqual({ ok: true, value: { a: 1 } });
    const later = z.object({ a: z.number().refine(async (value) => value > 0, 'expected more than 0') });
    const compiled = await compileSchema(later, { direction: 'input' });
    const answer = compiled.validate({ a: -1 });
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toEqual({ ok: false, issues: [{ path: '/a', message: 'expected more than 0' }] });
  });

  it('writes the path of an issue as a JSON pointer', async () => {
    const schema = z.object({ 'a/b': z.array(z.object({ 'c~': z.string() })) });
    const { validate } = await compileSchema(schema, { direction: 'input' });
    expect(await validate({ 'a/b': [{ 'c~': 'x' }, { 'c~': 1 }] })).toMatchObject({
      issues: [{ path: '/a~1b/1/c~0' }],
    });
  });

  it('validates a schema that only converts by its JSON Schema', async () => {
    const convert = () => ({ type: 'object', required: ['a'] });
    const props = { version: 1, vendor: 'mine', jsonSchema: { input: convert, output: convert } } as const;
    const { validate } = await compileSchema({ '~standard': props }, { direction: 'input' });
    expect(line(await validate({}))).toBe('expected a property "a"');
  });

  it('infers what the library infers', async () => {
    const schema = z.object({ size: z.string().transform(Number), unit: z.string().default('m') });
    expectTypeOf<InferInput<typeof schema>>().toEqualTypeOf<{ size: string; unit?: string | undefined }>();
    expectTypeOf<InferOutput<typeof schema>>().toEqualTypeOf<{ size: number; unit: string }>();
    expectTypeOf<InferOutput<{ type: 'object' }>>().toEqualTypeOf<unknown>();
    const ark = type({ a: 'string.numeric.parse' });
    expectTypeOf<InferOutput<typeof ark>>().toEqualTypeOf<{ a: number }>();
    const bare = v.object({ a: v.string() });
    expectTypeOf<InferInput<typeof bare>>().toEqualTypeOf<{ a: string }>();
    const compiled = await compileSchema(z.object({ a: z.number() }), { direction: 'input' });
    expectTypeOf<Awaited<ReturnType<typeof compiled.validate>>>().toEqualTypeOf<Validation<{ a: number }>>();
  });
});

describe.each(['generated', 'evaluated', 'peer'] as const)('compileSchema, JSON Schema, %s', (engine) => {
  const compile = async (schema: JsonSchema) => {
    if (engine === 'evaluated') vi.stubGlobal('Function', forbidden);
    return compileSchema(schema, { direction: 'input', origin: engine === 'peer' ? 'peer' : 'own' });
  };

  it('gives back the very value, unchanged', async () => {
    const { validate } = await compile({ type: 'object', properties: { a: { type: 'number', default: 1 } } });
    const value = { b: '2' };
    const answer = await validate(value);
    expect(answer).toEqual({ ok: true, value: { b: '2' } });
    expect(answer.ok && answer.value).toBe(value);
  });

  it.each<[JsonSchema, unknown, string]>([
    [{ type: 'object' }, [], 'expected object, got array'],
    [{ type: ['string', 'null'] }, 3, 'expected string or null, got number'],
    [{ type: 'integer' }, 1.5, 'expected integer, got number'],
    [{ enum: ['a', 1] }, 'b', 'expected one of "a", 1'],
    [{ enum: [{ a: 1 }] }, { a: 2 }, 'expected one of {"a":1}'],
    [{ const: null }, 0, 'expected null'],
    [{ minimum: 3 }, 2, 'expected a number of at least 3'],
    [{ maximum: 3 }, 4, 'expected a number of at most 3'],
    [{ exclusiveMinimum: 3 }, 3, 'expected a number above 3'],
    [{ exclusiveMaximum: 3 }, 3, 'expected a number below 3'],
    [{ multipleOf: 0.5 }, 0.7, 'expected a multiple of 0.5'],
    [{ minLength: 2 }, '💩', 'expected at least 2 characters'],
    [{ maxLength: 1 }, 'ab', 'expected at most 1 character'],
    [{ pattern: '^a+$' }, 'b', 'expected a string that matches ^a+$'],
    [{ format: 'email' }, 'nobody', 'expected a string in the format "email"'],
    [{ required: ['a'] }, {}, 'expected a property "a"'],
    [{ minProperties: 1 }, {}, 'expected at least 1 property'],
    [{ maxProperties: 0 }, { a: 1 }, 'expected at most 0 properties'],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, 'expected a property "b", since there is "a"'],
    [{ dependentSchemas: { a: { required: ['b'] } } }, { a: 1 }, 'expected a property "b"'],
    [{ dependencies: { a: ['b'] } }, { a: 1 }, 'expected a property "b", since there is "a"'],
    [{ properties: { a: { type: 'string' } } }, { a: 1 }, '/a: expected string, got number'],
    [{ patternProperties: { '^x': { type: 'string' } } }, { x1: 1 }, '/x1: expected string, got number'],
    [{ additionalProperties: false }, { 'a/b': 1 }, '/a~1b: expected no property of this name'],
    [{ additionalProperties: { type: 'string' } }, { a: 1 }, '/a: expected string, got number'],
    [
      { propertyNames: { maxLength: 1 } },
      { ab: 1 },
      '/ab: the name of this property is not allowed: expected at most 1 character',
    ],
    [{ unevaluatedProperties: false }, { a: 1 }, '/a: expected no property of this name'],
    [{ items: { type: 'string' } }, ['a', 1], '/1: expected string, got number'],
    [{ prefixItems: [{ type: 'string' }], items: false }, ['a', 1], '/1: expected nothing here'],
    [{ contains: { type: 'string' } }, [1], 'expected at least 1 item as "contains" describes, found 0'],
    [
      { contains: { type: 'string' }, maxContains: 1 },
      ['a', 'b'],
      'expected at most 1 item as "contains" describes, found 2',
    ],
    [{ unevaluatedItems: false }, [1], '/0: expected nothing here'],
    [
      { prefixItems: [{ type: 'string' }], contains: {} },
      [],
      'expected at least 1 item as "contains" describes, found 0',
    ],
    [{ minItems: 2 }, [1], 'expected at least 2 items'],
    [{ maxItems: 1 }, [1, 2], 'expected at most 1 item'],
    [
      { uniqueItems: true },
      [{ a: 1, b: 2 }, 0, { b: 2, a: 1 }],
      'expected different items, but 0 and 2 are equal',
    ],
    [{ allOf: [{ type: 'string' }, { minLength: 9 }] }, 1, 'expected string, got number'],
    [
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      1,
      'expected one of these to hold: expected string, got number, or expected null, got number',
    ],
    [
      { oneOf: [{ type: 'string' }, { type: 'null' }] },
      1,
      'expected exactly one of these to hold: expected string, got number, or expected null, got number',
    ],
    [
      { oneOf: [{ type: 'number' }, { type: 'integer' }] },
      1,
      'expected only one alternative of "oneOf" to match, but 0 and 1 both do',
    ],
    [{ not: { type: 'number' } }, 1, 'expected a value that "not" does not describe'],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    [{ if: { type: 'number' }, then: { minimum: 3 } }, 1, 'expected a number of at least 3'],
    [{ if: { type: 'number' }, else: { minLength: 3 } }, 'a', 'expected at least 3 characters'],
    [{ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, 1, 'expected string, got number'],
  ])('of %j says about %j: %s', async (schema, value, message) => {
    const { validate } = await compile(schema);
    expect(line(await validate(value))).toBe(message);
  });

  it('finds every fault, up to twenty', async () => {
    const { validate } = await compile({
      required: ['a'],
      properties: { b: { type: 'string' }, c: { type: 'string' } },
    });
    expect(line(await validate({ b: 1, c: 2 }))).toBe(
      'expected a property "a"; /b: expected string, got number; /c: expected string, got number',
    );
    const many = await compile({ items: { type: 'string' } });
    const answer = await many.validate(Array.from({ length: 100_000 }, () => 1));
    expect(answer.ok ? 0 : answer.issues.length).toBe(20);
  });

  it('keeps messages short, whatever schema and value say', async () => {
    const long = 'x'.repeat(5_000);
    const { validate } = await compile({
      enum: Array.from({ length: 1_000 }, (_, index) => long.slice(0, index)),
    });
    expect(line(await validate({ [long]: long })).length).toBeLessThan(500);
    const closed = await compile({ additionalProperties: false, required: [long] });
    expect(line(await closed.validate({ [long]: 1 })).length).toBeLessThan(500);
  });

  it('accepts keywords it does not know and formats it does not assert', async () => {
    const { validate } = await compile({
      type: 'string',
      format: 'color',
      'x-mcp-header': 'Region',
      example: 1,
    });
    expect(await validate('red')).toEqual({ ok: true, value: 'red' });
  });

  it('takes names that every object inherits for names like any other', async () => {
    const { validate } = await compile({ type: 'object', required: ['constructor', 'toString'] });
    expect(line(await validate({}))).toBe(
      'expected a property "constructor"; expected a property "toString"',
    );
    const typed = await compile({ properties: { valueOf: { type: 'string' } }, additionalProperties: false });
    expect(await typed.validate({})).toMatchObject({ ok: true });
    expect(await typed.validate({ hasOwnProperty: 1 })).toMatchObject({ ok: false });
  });

  it.each([{ valueOf: 1 }, { toString: null }, Object.assign(Object.create(null), { a: 1 })])(
    'compares %j like any other object',
    async (value) => {
      const fixed = await compile({ enum: [{ ...value }] });
      expect(await fixed.validate(value)).toMatchObject({ ok: true });
      expect(await fixed.validate({ ...value, b: 1 })).toMatchObject({ ok: false });
      const different = await compile({ uniqueItems: true, items: { type: 'object' } });
      expect(await different.validate([value, { ...value }])).toMatchObject({ ok: false });
    },
  );

  it('speaks draft-07 where a schema says so', async () => {
    const $schema = 'http://json-schema.org/draft-07/schema#';
    const tuple = await compile({ $schema, items: [{ type: 'string' }], additionalItems: false });
    expect(await tuple.validate(['a'])).toMatchObject({ ok: true });
    expect(line(await tuple.validate(['a', 1]))).toBe('/1: expected nothing here');
    const hidden = await compile({
      $schema,
      properties: { a: { $ref: '#/definitions/s', maxLength: 1 } },
      definitions: { s: {} },
    });
    expect(await hidden.validate({ a: 'long' })).toMatchObject({ ok: true });
  });

  it('survives values nested beyond its depth', async () => {
    const { validate } = await compile({
      $ref: '#/$defs/t',
      $defs: { t: { properties: { c: { $ref: '#/$defs/t' } } } },
    });
    let value: unknown = {};
    for (let level = 0; level < 100_000; level += 1) value = { c: value };
    expect(await validate(value)).toMatchObject({ ok: false });
  });

  it.each([
    [{ $ref: 'https://example.com/a' }, 'external-ref'],
    [{ $schema: 'http://json-schema.org/draft-04/schema#' }, 'unsupported-dialect'],
    [{ type: 'text' }, 'invalid-schema'],
  ])('rejects %j', async (schema, code) => {
    await expect(compile(schema)).rejects.toMatchObject({ name: 'SchemaError', code });
  });
});

describe('compileSchema, engines', () => {
  it.each(['own', 'peer'] as const)(
    'measures an %s schema before anything else looks at it',
    async (origin) => {
      const deep: JsonSchema = JSON.parse(`${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)}`);
      await expect(compileSchema(deep, { direction: 'input', origin })).rejects.toMatchObject({
        code: 'too-deep',
      });
    },
  );

  it('makes no code of a schema from a peer', async () => {
    const made = vi.fn(forbidden);
    vi.stubGlobal('Function', made);
    const { validate } = await compileSchema({ type: 'string' }, { direction: 'output', origin: 'peer' });
    expect(await validate('a')).toMatchObject({ ok: true });
    expect(made).not.toHaveBeenCalled();
  });

  it('asks whether code may be made before it makes any', async () => {
    const made = vi.fn(forbidden);
    vi.stubGlobal('Function', made);
    const { validate } = await compileSchema({ type: 'string' }, { direction: 'input' });
    expect(await validate(1)).toMatchObject({ ok: false });
    expect(made).toHaveBeenCalledTimes(1);
  });
});

describe('validateOnce', () => {
  const form: JsonSchema = {
    type: 'object',
    properties: {
      email: { type: 'string', format: 'email' },
      colour: {
        type: 'string',
        oneOf: [
          { const: '#f00', title: 'Red' },
          { const: '#0f0', title: 'Green' },
        ],
      },
      tags: { type: 'array', minItems: 1, items: { enum: ['a', 'b'] } },
    },
    required: ['email'],
  };

  it('validates the answers to a form', async () => {
    const answers = { email: 'a@example.com', colour: '#f00', tags: ['a'] };
    expect(await validateOnce(form, answers)).toEqual({ ok: true, value: answers });
    expect(line(await validateOnce(form, { email: 'a', colour: '#00f', tags: ['c'] }))).toBe(
      '/email: expected a string in the format "email"; ' +
        '/colour: expected exactly one of these to hold: /colour: expected "#f00", or /colour: expected "#0f0"; ' +
        '/tags/0: expected one of "a", "b"',
    );
  });

  it('rejects a schema it cannot run safely', async () => {
    await expect(validateOnce({ pattern: '(?=a)' }, 'a')).rejects.toBeInstanceOf(SchemaError);
    await expect(validateOnce({ $ref: 'https://example.com' }, 'a')).rejects.toMatchObject({
      code: 'external-ref',
    });
    await expect(
      validateOnce({ anyOf: [{}, {}] }, 1, { bounds: { maxSubschemas: 2 } }),
    ).rejects.toMatchObject({
      code: 'too-many-subschemas',
    });
  });
});

// ---------------------------------------------------------------------------------------------------------------------

/** What `Function` is on runtimes that forbid code generation. */
function forbidden(): never {
  throw new EvalError('Code generation from strings disallowed for this context');
}

function line(answer: Validation): string {
  return answer.ok ? 'accepted' : formatIssues(answer.issues, 20);
}
