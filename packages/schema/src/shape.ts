import { SchemaError } from './errors.ts';
import { isObject, pointer } from './json-schema.ts';
import type { Shape } from './keywords.ts';

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
