import type { Dialect } from './dialect.ts';
import { SchemaError } from './errors.ts';
import { isObject, pointer } from './json-schema.ts';

/** How a keyword holds subschemas. */
export type Applicator =
  /** One schema. */
  | 'schema'
  /** An array of schemas, at least one. */
  | 'schemas'
  /** An object whose members are schemas. */
  | 'map'
  /** One schema, or an array of them (`items` of draft-07). */
  | 'schema-or-schemas'
  /** An object whose members are schemas or arrays of property names (`dependencies`). */
  | 'dependencies';

/** What the value of a keyword without subschemas must be. */
export type Shape =
  | 'string'
  | 'boolean'
  | 'number'
  | 'positive'
  | 'count'
  | 'type'
  | 'array'
  | 'names'
  | 'names-map'
  | 'pattern';

/** The keywords of a dialect that have a meaning for validation, or whose form it fixes. */
export interface Keywords {
  readonly applicators: ReadonlyMap<string, Applicator>;
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** The keywords of each dialect. Every other key of a schema is an annotation and is left alone. */
export const KEYWORDS: Readonly<Record<Dialect, Keywords>> = {
  '2020-12': {
    applicators: new Map<string, Applicator>([
      ['$defs', 'map'],
      // Renamed to `$defs` in 2019-09, and still what many 2020-12 schemas use.
      ['definitions', 'map'],
      ['allOf', 'schemas'],
      ['anyOf', 'schemas'],
      ['oneOf', 'schemas'],
      ['not', 'schema'],
      ['if', 'schema'],
      ['then', 'schema'],
      ['else', 'schema'],
      ['dependentSchemas', 'map'],
      // Split in two in 2019-09; the meta-schema keeps it for schemas that were not.
      ['dependencies', 'dependencies'],
      ['prefixItems', 'schemas'],
      ['items', 'schema'],
      ['contains', 'schema'],
      ['properties', 'map'],
      ['patternProperties', 'map'],
      ['additionalProperties', 'schema'],
      ['propertyNames', 'schema'],
      ['unevaluatedItems', 'schema'],
      ['unevaluatedProperties', 'schema'],
      ['contentSchema', 'schema'],
    ]),
    shapes: new Map<string, Shape>([
      ...commonShapes(),
      ['$anchor', 'string'],
      ['$dynamicRef', 'string'],
      ['$dynamicAnchor', 'string'],
      ['minContains', 'count'],
      ['maxContains', 'count'],
      ['dependentRequired', 'names-map'],
      ['deprecated', 'boolean'],
    ]),
  },
  'draft-07': {
    applicators: new Map<string, Applicator>([
      ['definitions', 'map'],
      ['allOf', 'schemas'],
      ['anyOf', 'schemas'],
      ['oneOf', 'schemas'],
      ['not', 'schema'],
      ['if', 'schema'],
      ['then', 'schema'],
      ['else', 'schema'],
      ['dependencies', 'dependencies'],
      ['items', 'schema-or-schemas'],
      ['additionalItems', 'schema'],
      ['contains', 'schema'],
      ['properties', 'map'],
      ['patternProperties', 'map'],
      ['additionalProperties', 'schema'],
      ['propertyNames', 'schema'],
    ]),
    shapes: new Map<string, Shape>(commonShapes()),
  },
};

/** Where a keyword stands, for the message when its value is refused. */
export interface Place {
  readonly path: string;
  readonly keyword: string;
}

/** Throws a SchemaError unless the value of a keyword has the form its dialect's meta-schema gives it. */
export function checkShape(shape: Shape, value: unknown, place: Place): void {
  if (CHECKS[shape].test(value)) return;
  throw new SchemaError(
    'invalid-schema',
    pointer(place.path, place.keyword),
    `expected ${CHECKS[shape].expected}`,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

function commonShapes(): readonly (readonly [string, Shape])[] {
  return [
    ['$id', 'string'],
    ['$ref', 'string'],
    ['$schema', 'string'],
    ['$comment', 'string'],
    ['title', 'string'],
    ['description', 'string'],
    ['readOnly', 'boolean'],
    ['writeOnly', 'boolean'],
    ['examples', 'array'],
    ['type', 'type'],
    ['enum', 'array'],
    ['format', 'string'],
    ['contentEncoding', 'string'],
    ['contentMediaType', 'string'],
    ['multipleOf', 'positive'],
    ['maximum', 'number'],
    ['exclusiveMaximum', 'number'],
    ['minimum', 'number'],
    ['exclusiveMinimum', 'number'],
    ['maxLength', 'count'],
    ['minLength', 'count'],
    ['pattern', 'pattern'],
    ['maxItems', 'count'],
    ['minItems', 'count'],
    ['uniqueItems', 'boolean'],
    ['maxProperties', 'count'],
    ['minProperties', 'count'],
    ['required', 'names'],
  ];
}

const TYPES: ReadonlySet<unknown> = new Set([
  'null',
  'boolean',
  'object',
  'array',
  'number',
  'string',
  'integer',
]);

const CHECKS: Readonly<Record<Shape, { expected: string; test: (value: unknown) => boolean }>> = {
  string: { expected: 'a string', test: (value) => typeof value === 'string' },
  boolean: { expected: 'true or false', test: (value) => typeof value === 'boolean' },
  number: { expected: 'a number', test: (value) => typeof value === 'number' },
  positive: { expected: 'a number above 0', test: (value) => typeof value === 'number' && value > 0 },
  count: {
    expected: 'a whole number of 0 or more',
    test: (value) => Number.isInteger(value) && Number(value) >= 0,
  },
  type: { expected: `one of ${[...TYPES].join(', ')}, or a list of different ones`, test: isType },
  array: { expected: 'an array', test: Array.isArray },
  names: { expected: 'an array of different strings', test: isNames },
  'names-map': {
    expected: 'an object of arrays of different strings',
    test: (value) => isObject(value) && Object.values(value).every(isNames),
  },
  pattern: { expected: 'a string that is a regular expression', test: (value) => typeof value === 'string' },
};

function isType(value: unknown): boolean {
  if (!Array.isArray(value)) return TYPES.has(value);
  return value.length > 0 && value.every((item) => TYPES.has(item)) && new Set(value).size === value.length;
}

function isNames(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return false;
  return new Set(value).size === value.length;
}
