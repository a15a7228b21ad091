import type { Dialect } from './dialect.ts';

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
  /** An object whose members are schemas or arrays of property names (`dependencies` of draft-07). */
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
