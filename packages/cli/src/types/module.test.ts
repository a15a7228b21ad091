import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../../../test/structure/syntax.ts';
import { type TypedTool, toModule } from './module.ts';

const typeOf = (schema: object): string => {
  const text = toModule([{ name: 'a', inputSchema: { ...schema } }]);
  return text.slice(text.indexOf('type AInput = ') + 14, -2);
};

describe('a schema becomes a type', () => {
  it.each([
    [{ type: 'string' }, 'string'],
    [{ type: 'integer', minimum: 3 }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 1, true, null] }, '"a" | 1 | true | null'],
    [{ const: 'x' }, '"x"'],
    [{}, 'unknown'],
    [{ type: 'object' }, '{\n  readonly [name: string]: unknown;\n}'],
    [{ type: 'object', additionalProperties: false }, '{ readonly [name: string]: never }'],
    [
      { type: 'object', additionalProperties: { type: 'number' } },
      '{\n  readonly [name: string]: number;\n}',
    ],
    [
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': true }, required: ['a'] },
      '{\n  readonly a: string;\n  readonly "b-c"?: unknown;\n}',
    ],
    [{ type: 'array', items: { type: ['string', 'number'] } }, 'readonly (string | number)[]'],
    [
      { type: 'array', items: { type: 'array', items: { type: 'string' } } },
      'readonly (readonly string[])[]',
    ],
    [
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
      'readonly [string?, number?]',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'string | number'],
    [{ anyOf: [{ type: 'string' }, {}] }, 'unknown'],
    [
      { type: 'object', properties: { a: {} }, allOf: [{ type: 'object', properties: { b: {} } }] },
      /^\{[^}]*a\?: unknown;\n\} & \{[^}]*b\?: unknown;[^}]*\}$/,
    ],
    [{ $ref: 'https://example.com/schema' }, 'unknown'],
    [{ $ref: '#/$defs/none' }, 'unknown'],
  ])('%j', (schema, type) => {
    if (typeof type === 'string') expect(typeOf(schema)).toBe(type);
    else expect(typeOf(schema)).toMatch(type);
  });

  it('what it defines has a name, and may refer to itself', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
    expect(typeOf({ $ref: '#/$defs/node', $defs: { node } })).toBe(
      'AInputNode;\n\nexport type AInputNode = {\n  readonly next?: AInputNode;\n}',
    );
  });

  it('descriptions become comments that nothing ends too soon', () => {
    const a = { type: 'string', description: 'one */ alert()\ntwo' };
    expect(typeOf({ type: 'object', properties: { a } })).toContain('   * one *\\/ alert()\n   * two\n   */');
  });
});

describe('the module', () => {
  const tool = fc.record(
    {
      name: fc.string({ unit: 'binary' }),
      description: fc.string({ unit: 'binary' }),
      inputSchema: fc.dictionary(
        fc.constantFrom(
          'type',
          'properties',
          'items',
          'enum',
          'anyOf',
          'allOf',
          '$ref',
          '$defs',
          'const',
          'required',
          'title',
        ),
        fc.oneof(
          fc.jsonValue({ maxDepth: 3 }),
          fc.constantFrom('object', 'array', '#', '#/$defs/a', '#/properties'),
        ),
      ),
    },
    { requiredKeys: ['name', 'inputSchema'] },
  );

  it('is TypeScript, whatever a server says', () => {
    fc.assert(
      fc.property(fc.array(tool, { maxLength: 4 }), (tools) => {
        const text = toModule(tools as TypedTool[]); // what they may lack is optional
        expect(() => parse(text)).not.toThrow();
        expect(text.match(/^export interface Tools /gm)).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same in whatever order tools are listed', () => {
    const unique = fc.uniqueArray(tool, { maxLength: 5, selector: ({ name }) => name });
    fc.assert(
      fc.property(unique, (tools) => {
        const typed = tools as TypedTool[]; // as above
        expect(toModule([...typed].reverse())).toBe(toModule(typed));
      }),
      { numRuns: 50 },
    );
  });

  it('gives tools whose names come to the same types of their own', () => {
    const text = toModule(['a-b', 'a_b', 'a.b'].map((name) => ({ name, inputSchema: {} })));
    expect(text.match(/export type \w+/g)).toEqual([
      'export type ABInput',
      'export type AB2Input',
      'export type AB3Input',
    ]);
  });
});
