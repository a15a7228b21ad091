import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../test/text.ts';
import { checkParamHeaders, compileHeaderBindings, type HeaderBinding, paramHeaders } from './index.ts';

const region = { type: 'string', 'x-mcp-header': 'Region' };
const properties = (members: object): object => ({ type: 'object', properties: members });

function bindingsOf(schema: unknown): readonly HeaderBinding[] {
  const compiled = compileHeaderBindings(schema);
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.bindings;
}

function reasonOf(schema: unknown): string {
  const compiled = compileHeaderBindings(schema);
  return compiled.ok ? 'accepted' : compiled.reason;
}

describe('compileHeaderBindings', () => {
  it('finds annotations at any depth of properties', () => {
    const schema = properties({
      region,
      query: { type: 'string' },
      options: properties({
        limit: { type: 'integer', 'x-mcp-header': 'Max-Rows' },
        deep: properties({ dry: { type: 'boolean', 'x-mcp-header': 'dry!' } }),
      }),
    });
    expect(bindingsOf(schema)).toEqual([
      { header: 'mcp-param-region', name: 'Region', path: ['region'], type: 'string' },
      { header: 'mcp-param-max-rows', name: 'Max-Rows', path: ['options', 'limit'], type: 'integer' },
      { header: 'mcp-param-dry!', name: 'dry!', path: ['options', 'deep', 'dry'], type: 'boolean' },
    ]);
  });

  it.each([undefined, null, true, {}, { type: 'object' }, properties({ a: true }), []])(
    'finds none in %j',
    (schema) => {
      expect(bindingsOf(schema)).toEqual([]);
    },
  );

  it('takes a property for a property, whatever it is called, and data for data', () => {
    expect(
      bindingsOf({
        ...properties({
          'x-mcp-header': { type: 'string' },
          items: region,
          properties: { type: 'integer', 'x-mcp-header': 'P' },
        }),
        default: { a: { 'x-mcp-header': 'no' } },
        examples: [{ 'x-mcp-header': 'no' }],
        enum: [{ 'x-mcp-header': 'no' }],
        const: { 'x-mcp-header': 'no' },
        required: ['x-mcp-header'],
      }).map(({ path }) => path),
    ).toEqual([['items'], ['properties']]);
  });

  it.each([
    ['an empty name', '', 'must be a non-empty string'],
    ['a name that is no text', 1, 'must be a non-empty string'],
    ['a blank', 'a b', 'is not a valid header name'],
    ['a colon', 'a:', 'is not a valid header name'],
    ['a line end', 'a\r\nb', 'is not a valid header name'],
    ['a trailing line end', 'a\n', 'is not a valid header name'],
    ['another alphabet', 'é', 'is not a valid header name'],
    ['a control character', 'a\u0001', 'is not a valid header name'],
  ])('refuses %s', (_, name, reason) => {
    expect(reasonOf(properties({ a: { type: 'string', 'x-mcp-header': name } }))).toContain(reason);
  });

  it.each(['number', 'object', 'array', 'null', undefined, ['string', 'null'], ['string']])(
    'refuses the type %j',
    (type) => {
      expect(reasonOf(properties({ a: { type, 'x-mcp-header': 'A' } }))).toContain(
        'needs the type string, integer or boolean',
      );
    },
  );

  it('refuses a name twice, whatever its case', () => {
    expect(
      reasonOf(
        properties({ a: region, b: properties({ c: { type: 'integer', 'x-mcp-header': 'REGION' } }) }),
      ),
    ).toBe('x-mcp-header "REGION" on b.c is already used on a');
  });

  it.each([
    ['the root', { ...properties({}), ...region }],
    ['items', properties({ a: { type: 'array', items: region } })],
    ['properties under items', properties({ a: { type: 'array', items: properties({ b: region }) } })],
    ['prefixItems', properties({ a: { prefixItems: [region] } })],
    ['oneOf', { oneOf: [properties({ a: region })] }],
    ['anyOf', { anyOf: [properties({ a: region })] }],
    ['allOf', { allOf: [properties({ a: region })] }],
    ['allOf of a property', properties({ a: { allOf: [region] } })],
    ['not', { not: properties({ a: region }) }],
    ['if', { if: properties({ a: region }) }],
    ['then', Object.fromEntries([['then', properties({ a: region })]])],
    ['else', { else: properties({ a: region }) }],
    ['$defs', { $defs: { r: region } }],
    [
      'a definition that is referred to',
      { ...properties({ a: { $ref: '#/$defs/r' } }), $defs: { r: region } },
    ],
    ['definitions', { definitions: { r: region } }],
    ['patternProperties', { patternProperties: { '^a': region } }],
    ['additionalProperties', { additionalProperties: region }],
    ['dependentSchemas', { dependentSchemas: { a: properties({ b: region }) } }],
    ['contains', properties({ a: { contains: region } })],
    ['propertyNames', { propertyNames: region }],
    ['unevaluatedProperties', { unevaluatedProperties: region }],
    ['a keyword that nobody knows', { 'x-own': { deeper: [region] } }],
  ])('refuses an annotation on or under %s', (_, schema) => {
    expect(reasonOf(schema)).toContain('is not on a property reached through "properties" alone');
  });

  it('gives up on a schema without end', () => {
    const endless: Record<string, unknown> = { type: 'object' };
    endless['properties'] = { a: endless };
    expect(reasonOf(endless)).toContain('too large');
    expect(reasonOf({ anyOf: Array.from({ length: 60_000 }, () => ({})) })).toContain('too large');
  });
});

const bindings = bindingsOf(
  properties({
    region,
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    flags: properties({ dry: { type: 'boolean', 'x-mcp-header': 'Dry' } }),
  }),
);

describe('paramHeaders', () => {
  it('repeats what is there, encoded', () => {
    expect(paramHeaders(bindings, { region: '世', count: -7, flags: { dry: false }, other: 1 })).toEqual({
      'Mcp-Param-Region': '=?base64?5LiW?=',
      'Mcp-Param-Count': '-7',
      'Mcp-Param-Dry': 'false',
    });
  });

  it.each([
    undefined,
    {},
    { region: null, count: undefined, flags: null },
    { flags: 'text' },
    { flags: ['dry'] },
    { region: {}, count: 1.5, flags: { dry: [] } },
    { count: 2 ** 53 },
    Object.create({ region: 'inherited' }),
  ])('leaves out what is not (%j)', (args) => {
    expect(paramHeaders(bindings, args)).toEqual({});
  });
});

describe('checkParamHeaders', () => {
  const check = (args: Record<string, unknown> | undefined, headers: Record<string, string>) =>
    checkParamHeaders(bindings, args, (name) => headers[name]);

  it.each([
    [
      { region: 'us', count: 42 },
      { 'mcp-param-region': 'us', 'mcp-param-count': '42.0' },
    ],
    [{ region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8=?=' }],
    [{ flags: { dry: true } }, { 'mcp-param-dry': ' true ' }],
    [{ region: null }, {}],
    [undefined, {}],
    [{}, { 'mcp-param-unknown': '\u0000' }],
  ])('accepts %j with %j', (args, headers) => {
    expect(check(args, headers)).toBeUndefined();
  });

  it.each([
    [{ region: 'us' }, {}, 'Mcp-Param-Region header is missing'],
    [{ region: 'us' }, { 'mcp-param-region': 'eu' }, 'Mcp-Param-Region header does not match'],
    [
      { region: 'Hello' },
      { 'mcp-param-region': '=?base64?SGVsbG8?=' },
      'Mcp-Param-Region header is malformed',
    ],
    [{ region: 'Hello' }, { 'mcp-param-region': 'SGVsbG8=?=' }, 'Mcp-Param-Region header does not match'],
    [{ region: 'caf\u00e9' }, { 'mcp-param-region': 'caf\u00e9' }, 'Mcp-Param-Region header is malformed'],
    [{}, { 'mcp-param-region': 'us' }, 'Mcp-Param-Region header is not in the arguments'],
    [{ region: null }, { 'mcp-param-region': 'null' }, 'Mcp-Param-Region header is not in the arguments'],
    [
      { count: 9007199254740992 },
      { 'mcp-param-count': '9007199254740992' },
      'Mcp-Param-Count header does not match',
    ],
    [{ count: '42' }, { 'mcp-param-count': '42.0' }, 'Mcp-Param-Count header does not match'],
    [
      { region: { a: 1 } },
      { 'mcp-param-region': '[object Object]' },
      'Mcp-Param-Region header does not match',
    ],
    [{ region: { a: 1 } }, {}, 'Mcp-Param-Region header is missing'],
  ])('refuses %j with %j', (args, headers, reason) => {
    expect(check(args, headers)).toContain(reason);
  });

  it('accepts exactly the headers that paramHeaders gives', () => {
    const args = fc.record(
      {
        region: fc.oneof(anyText(), fc.constant(null)),
        count: fc.maxSafeInteger(),
        flags: fc.record({ dry: fc.boolean() }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(args, args, (sent, got) => {
        const headers = Object.fromEntries(
          Object.entries(paramHeaders(bindings, sent)).map(([name, value]) => [name.toLowerCase(), value]),
        );
        expect(check(sent, headers)).toBeUndefined();
        const same =
          JSON.stringify(paramHeaders(bindings, sent)) === JSON.stringify(paramHeaders(bindings, got));
        expect(check(got, headers) === undefined).toBe(same);
      }),
      { numRuns: 300 },
    );
  });
});
