import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSchema, type JsonSchema, requireObjectRoot, type SchemaBounds, SchemaError } from './index.ts';

describe('checkSchema, dialects', () => {
  it.each([
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema' },
    { $schema: 'https://json-schema.org/draft/2020-12/schema#' },
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    { $schema: 'http://json-schema.org/draft-07/schema' },
  ])('accepts %j', (schema) => {
    expect(() => checkSchema(schema)).not.toThrow();
  });

  it.each([
    'http://json-schema.org/draft-04/schema#',
    'http://json-schema.org/draft-06/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/next/schema',
    'https://example.com/my-dialect',
    'constructor',
  ])('refuses %s by name', (uri) => {
    const error = refusal({ $schema: uri });
    expect(error).toMatchObject({ code: 'unsupported-dialect', path: '/$schema' });
    expect(error.message).toContain(`"${uri}"`);
    expect(error.message).toContain('2020-12');
  });

  it('refuses a schema of two dialects', () => {
    const schema = { $defs: { old: { $id: 'old', $schema: 'http://json-schema.org/draft-07/schema#' } } };
    expect(refusal(schema)).toMatchObject({ code: 'unsupported-dialect', path: '/$defs/old/$schema' });
  });
});

describe('checkSchema, references', () => {
  it.each<[string, JsonSchema]>([
    ['a pointer', { $ref: '#/$defs/a', $defs: { a: {} } }],
    ['an escaped pointer', { $ref: '#/$defs/a~1b%25', $defs: { 'a/b%': {} } }],
    ['an anchor', { $ref: '#here', $defs: { a: { $anchor: 'here' } } }],
    ['a local $id', { $ref: 'https://example.com/item', $defs: { a: { $id: 'https://example.com/item' } } }],
    ['a relative $id', { $id: 'https://example.com/root', $ref: 'item', $defs: { a: { $id: '/item' } } }],
    ['a place no keyword marks as a schema', { $ref: '#/x-shared/a', 'x-shared': { a: { type: 'string' } } }],
    ['recursion that goes deeper into the value', { properties: { child: { $ref: '#' } } }],
    ['an anchor of draft-07', { $schema: D7, $ref: '#here', definitions: { a: { $id: '#here' } } }],
  ])('follows %s', (_name, schema) => {
    expect(() => checkSchema(schema)).not.toThrow();
  });

  it.each([
    'https://example.com/schema.json',
    'http://127.0.0.1/schema',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'other.json',
    '//example.com/x',
    'data:application/json,{}',
    'urn:example:a',
  ])('refuses %s as outside the schema', (uri) => {
    const error = refusal({ properties: { a: { $ref: uri } } });
    expect(error).toMatchObject({ code: 'external-ref', path: '/properties/a/$ref' });
    expect(error.message).toContain(uri);
    expect(refusal({ $dynamicRef: `${uri}#meta` }).code).toBe('external-ref');
  });

  it.each([
    ['#/$defs/missing', '/$ref'],
    ['#missing', '/$ref'],
    ['#/type', '/$ref'],
    ['#/%', '/$ref'],
    ['#/constructor/prototype', '/$ref'],
    ['#/__proto__', '/$ref'],
    ['http://[', '/$ref'],
  ])('refuses %s, which points at nothing', ($ref, path) => {
    expect(refusal({ type: 'object', $ref })).toMatchObject({ code: 'unresolved-ref', path });
  });

  it.each<[string, JsonSchema]>([
    ['itself', { $ref: '#' }],
    ['itself through allOf', { allOf: [{ $ref: '#' }] }],
    ['itself through not', { not: { $ref: '#' } }],
    ['itself through if', { if: { $ref: '#' } }],
    ['itself through dependentSchemas', { dependentSchemas: { a: { $ref: '#' } } }],
    ['itself through dependencies', { $schema: D7, dependencies: { a: { $ref: '#' } } }],
    [
      'each other',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' },
    ],
    ['itself dynamically', { $dynamicAnchor: 'node', oneOf: [{ $dynamicRef: '#node' }] }],
    ['each other, unused', { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }],
  ])('refuses a reference that leads to %s without reading the value', (_name, schema) => {
    expect(refusal(schema).code).toBe('ref-loop');
  });

  it('refuses one name for two places', () => {
    expect(refusal({ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }).code).toBe('invalid-schema');
    expect(refusal({ $defs: { a: { $id: 'x' }, b: { $id: 'x' } } }).code).toBe('invalid-schema');
  });
});

describe('checkSchema, bounds', () => {
  it.each<[string, JsonSchema, Partial<SchemaBounds>]>([
    ['too-deep', nest(200), {}],
    ['too-deep', nest(3), { maxDepth: 3 }],
    ['too-deep', { description: deepArray(200_000) }, {}],
    ['too-many-subschemas', { anyOf: Array.from({ length: 6_000 }, () => ({})) }, {}],
    ['too-many-subschemas', { anyOf: [{}, {}, {}] }, { maxSubschemas: 3 }],
    ['too-large', { enum: Array.from({ length: 200_000 }, (_, index) => index) }, {}],
    ['too-large', { 'x-unknown': [1, 2, 3] }, { maxNodes: 4 }],
    ['invalid-pattern', { pattern: 'a'.repeat(5_000) }, {}],
    ['invalid-pattern', { patternProperties: { aaaa: {} } }, { maxPatternLength: 3 }],
  ])('refuses what is %s', (code, schema, bounds) => {
    expect(refusal(schema, bounds).code).toBe(code);
  });

  it('accepts what is just within', () => {
    expect(() => checkSchema(nest(3), { maxDepth: 7 })).not.toThrow();
    expect(() => checkSchema({ anyOf: [{}, {}, {}] }, { maxSubschemas: 4 })).not.toThrow();
    expect(() => checkSchema({ 'x-unknown': [1, 2, 3] }, { maxNodes: 5 })).not.toThrow();
  });

  it('refuses bounds that bound nothing', () => {
    expect(() => checkSchema({}, { maxDepth: 0 })).toThrow(TypeError);
    expect(() => checkSchema({}, { maxSteps: Number.NaN })).toThrow(TypeError);
  });

  it('takes a hundred thousand shared references in its stride', () => {
    // One object that occurs twice at each level: small in memory, vast as JSON.
    let schema: JsonSchema = {};
    for (let level = 0; level < 60; level += 1) schema = { allOf: [schema, schema] };
    expect(refusal(schema).code).toBe('too-large');
  });
});

describe('checkSchema, validity', () => {
  it.each<[JsonSchema, string]>([
    [{ type: 'text' }, '/type'],
    [{ type: [] }, '/type'],
    [{ type: ['string', 'string'] }, '/type'],
    [{ required: 'a' }, '/required'],
    [{ required: ['a', 'a'] }, '/required'],
    [{ enum: 'a' }, '/enum'],
    [{ minLength: -1 }, '/minLength'],
    [{ maxItems: 1.5 }, '/maxItems'],
    [{ multipleOf: 0 }, '/multipleOf'],
    [{ minimum: '1' }, '/minimum'],
    [{ uniqueItems: 'yes' }, '/uniqueItems'],
    [{ properties: [] }, '/properties'],
    [{ properties: { a: null } }, '/properties/a'],
    [{ properties: { 'a/b': 3 } }, '/properties/a~1b'],
    [{ allOf: [] }, '/allOf'],
    [{ anyOf: {} }, '/anyOf'],
    [{ not: [] }, '/not'],
    [{ items: [{}] }, '/items'],
    [{ $anchor: '1st' }, ''],
    [{ $id: 'a#b' }, '/$id'],
    [{ dependentRequired: { a: 'b' } }, '/dependentRequired'],
    [{ $schema: D7, dependencies: { a: [1] } }, '/dependencies'],
    [{ $schema: 7 }, '/$schema'],
    [{ default: undefined, const: Number.NaN }, '/const'],
    [{ default: () => 1 }, '/default'],
    [JSON.parse('{"properties":{"__proto__":{}}}'), '/properties'],
  ])('refuses %j at %s', (schema, path) => {
    expect(refusal(schema)).toMatchObject({ code: 'invalid-schema', path });
  });

  it('refuses what is not a regular expression', () => {
    expect(refusal({ pattern: '(' })).toMatchObject({ code: 'invalid-pattern', path: '/pattern' });
    expect(refusal({ patternProperties: { '[': {} } }).path).toBe('/patternProperties/[');
  });

  it('leaves unknown keywords and annotations alone', () => {
    const schema = {
      'x-mcp-header': 'Region',
      $comment: 'x',
      examples: [{ $ref: 'nowhere.json' }],
      default: { type: 'no' },
    };
    expect(() => checkSchema(schema)).not.toThrow();
  });

  it.each([null, undefined, true, 'object', [], 1])('refuses %j as a schema', (schema) => {
    // Deliberately of the wrong type: schemas come from peers too.
    expect(refusal(schema as unknown as JsonSchema).code).toBe('invalid-schema');
  });

  it('agrees with the meta-schema on keywords at random', () => {
    const ajv = new Ajv2020({ strict: false, logger: false });
    fc.assert(
      fc.property(anySchema(), (schema) => {
        const valid = ajv.validateSchema(schema) === true;
        expect(codeOf(schema) === undefined).toBe(valid);
      }),
      { numRuns: 1_000 },
    );
  });

  it('ends in a SchemaError or not at all, on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        codeOf(value as JsonSchema);
        codeOf({ allOf: [value], $defs: { a: value } });
      }),
    );
  });
});

describe('requireObjectRoot', () => {
  it('accepts type object only', () => {
    expect(() => requireObjectRoot({ type: 'object' })).not.toThrow();
    for (const schema of [
      {},
      { type: 'string' },
      { type: ['object'] },
      { $ref: '#/$defs/a', $defs: { a: {} } },
    ]) {
      expect(() => requireObjectRoot(schema)).toThrow(SchemaError);
    }
  });
});

// ---------------------------------------------------------------------------------------------------------------------

const D7 = 'http://json-schema.org/draft-07/schema#';

function refusal(schema: JsonSchema, bounds?: Partial<SchemaBounds>): SchemaError {
  try {
    checkSchema(schema, bounds);
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
  throw new Error('The schema was accepted');
}

function codeOf(schema: JsonSchema): string | undefined {
  try {
    checkSchema(schema);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaError) return error.code;
    throw error;
  }
}

function nest(levels: number): JsonSchema {
  return levels === 0 ? {} : { properties: { a: nest(levels - 1) } };
}

function deepArray(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

function anySchema(): fc.Arbitrary<JsonSchema> {
  const scalar = fc.oneof(
    fc.constantFrom<unknown>('string', 'object', 'a', '', 0, 1, 2.5, -1, true, false, null),
    fc.constantFrom<unknown>([], ['a'], ['a', 'b'], ['a', 'a'], ['string', 'null'], {}, [{}], [true], [1], {
      a: {},
    }),
    fc.constantFrom<unknown>({ a: ['b'] }, { a: [] }, { a: [1] }, { a: true }, { a: 1 }),
  );
  const keyword = fc.constantFrom(
    ...[
      'type',
      'enum',
      'const',
      'required',
      'minLength',
      'maxLength',
      'minItems',
      'uniqueItems',
      'multipleOf',
    ],
    ...[
      'minimum',
      'exclusiveMaximum',
      'properties',
      'patternProperties',
      'additionalProperties',
      'items',
      'prefixItems',
    ],
    ...[
      'contains',
      'minContains',
      'allOf',
      'anyOf',
      'oneOf',
      'not',
      'if',
      'then',
      '$defs',
      'definitions',
      'title',
    ],
    ...[
      'dependentRequired',
      'dependentSchemas',
      'dependencies',
      'propertyNames',
      'unevaluatedItems',
      'deprecated',
    ],
    ...['readOnly', 'examples', 'format', 'contentSchema', 'x-mine', 'default', '$comment', 'pattern'],
  );
  return fc.dictionary(keyword, scalar, { maxKeys: 3 });
}
