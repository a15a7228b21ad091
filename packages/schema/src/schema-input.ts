import type { JsonSchema } from './json-schema.ts';
import type { StandardJSONSchemaV1, StandardSchemaV1, StandardTypedV1 } from './standard-schema.ts';

/**
 * Every form in which a schema can be given: a schema of a library that speaks Standard Schema or Standard JSON Schema
 * (zod, valibot, arktype …), or a JSON Schema.
 */
export type SchemaInput = StandardSchemaV1 | StandardJSONSchemaV1 | JsonSchema;

/** The type of the values a schema accepts; `unknown` for a JSON Schema. */
export type InferInput<S> = S extends StandardTypedV1
  ? NonNullable<S['~standard']['types']>['input']
  : unknown;

/** The type of the values a schema makes of what it accepts; `unknown` for a JSON Schema. */
export type InferOutput<S> = S extends StandardTypedV1
  ? NonNullable<S['~standard']['types']>['output']
  : unknown;

/** Which side of a schema is meant where transforms and defaults make them differ: what it accepts or what it gives. */
export type Direction = 'input' | 'output';

/** Tells whether a value is a schema of some library by one of the Standard interfaces. */
export function isStandard(schema: unknown): schema is StandardTypedV1 {
  // Some libraries' schemas are functions.
  if (schema === null || (typeof schema !== 'object' && typeof schema !== 'function')) return false;
  const props: unknown = Reflect.get(schema, '~standard');
  return typeof props === 'object' && props !== null && Reflect.get(props, 'version') === 1;
}

/** Tells whether a Standard schema can validate. */
export function validates(schema: StandardTypedV1): schema is StandardSchemaV1 {
  return typeof Reflect.get(schema['~standard'], 'validate') === 'function';
}

/** Tells whether a Standard schema can convert itself to JSON Schema. */
export function converts(schema: StandardTypedV1): schema is StandardJSONSchemaV1 {
  const converter: unknown = Reflect.get(schema['~standard'], 'jsonSchema');
  return typeof converter === 'object' && converter !== null;
}
