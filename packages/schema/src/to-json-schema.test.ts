import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type JsonSchema, type StandardJSONSchemaV1, toJsonSchema } from './index.ts';

describe('toJsonSchema', () => {
  it.each([
    ['zod', z.object({ name: z.string(), size: z.number().default(3) })],
    ['arktype', type({ name: 'string', size: 'number = 3' })],
  ])('tells apart what a %s schema accepts and what it gives', (_vendor, schema) => {
    expect(toJsonSchema(schema, 'input')).toMatchObject({ type: 'object', required: ['name'] });
    expect(toJsonSchema(schema, 'output')).toMatchObject({ type: 'object', required: ['name', 'size'] });
  });

  it('takes a valibot schema that is wrapped', () => {
    const schema = toStandardJsonSchema(v.object({ name: v.string(), size: v.optional(v.number(), 3) }));
    expect(toJsonSchema(schema, 'input')).toMatchObject({
      type: 'object',
      properties: { name: { type: 'string' }, size: { type: 'number', default: 3 } },
      required: ['name'],
    });
  });

  it('asks for draft 2020-12', () => {
    const asked: string[] = [];
    const convert = ({ target }: { target: string }) => {
      asked.push(target);
      return { type: 'object' };
    };
    const schema: StandardJSONSchemaV1 = {
      '~standard': { version: 1, vendor: 'mine', jsonSchema: { input: convert, output: convert } },
    };
    toJsonSchema(schema, 'input');
    toJsonSchema(schema, 'output');
    expect(asked).toEqual(['draft-2020-12', 'draft-2020-12']);
  });

  it('copies a JSON Schema verbatim, with its keywords, their order and their extensions', () => {
    const copy = toJsonSchema(CONFORMANCE_SCHEMA, 'input');
    expect(JSON.stringify(copy)).toBe(JSON.stringify(CONFORMANCE_SCHEMA));
    expect(copy).not.toBe(CONFORMANCE_SCHEMA);
  });

  it('freezes the copy, all of it, and leaves the original alone', () => {
    const original = { type: 'object', properties: { a: { enum: ['x'] } } };
    const copy = toJsonSchema(original, 'input');
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every((member) => isFrozen(member)));
    expect(isFrozen(copy)).toBe(true);
    expect(Object.isFrozen(original)).toBe(false);
    expect(Object.isFrozen(original.properties.a.enum)).toBe(false);
  });

  it('tells what to do about a schema that has no JSON Schema', () => {
    const bare = v.object({ name: v.string() });
    expect(() => toJsonSchema(bare, 'input')).toThrow(TypeError);
    expect(() => toJsonSchema(bare, 'input')).toThrow(
      /toStandardJsonSchema\(\) from @valibot\/to-json-schema/,
    );
    const other = {
      '~standard': { version: 1, vendor: 'home', validate: (value: unknown) => ({ value }) },
    } as const;
    expect(() => toJsonSchema(other, 'input')).toThrow(/standardschema\.dev/);
  });

  it('says which side of which schema cannot be written, and why', () => {
    const schema = z.object({ at: z.date() });
    expect(() => toJsonSchema(schema, 'output')).toThrow(
      /zod schema has no JSON Schema for its output: .*Date/,
    );
  });

  it.each([
    ['null', null],
    ['a string', 'object'],
    ['an array', []],
    ['a plain function', () => ({})],
  ])('refuses %s', (_name, value) => {
    // Deliberately of the wrong type: callers may not be type-checked.
    expect(() => toJsonSchema(value as unknown as JsonSchema, 'input')).toThrow(TypeError);
  });

  it('refuses a circular schema', () => {
    const schema: JsonSchema = { type: 'object' };
    schema['properties'] = { self: schema };
    expect(() => toJsonSchema(schema, 'input')).toThrow(/circular/);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

/** The schema that the conformance suite asks servers to publish unchanged. */
const CONFORMANCE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string', 'x-mcp-header': 'Name' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};
