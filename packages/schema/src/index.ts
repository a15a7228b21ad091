/*
 * Schemas: taken in any form, published as JSON Schema, run safely.
 *
 * - input      what a schema is given as: a Standard Schema (zod, valibot, arktype …) or a JSON Schema.
 * - check      whether a JSON Schema can be run safely: dialect, validity, references, bounds. Loads nothing.
 * - compile    a schema made ready for many validations: by its own library, by generated code, or by the evaluator.
 * - evaluator  runs a JSON Schema without generating code, within a number of steps.
 * - origin     whose word a schema is: `own`, or that of a `peer`, which is never compiled to code.
 * - issue      one fault of a value: where, as a JSON pointer, and what was expected there.
 */
export { DEFAULT_BOUNDS, type SchemaBounds } from './bounds.ts';
export { checkSchema, requireObjectRoot } from './check.ts';
export { type CompiledSchema, type CompileOptions, compileSchema, validateOnce } from './compile.ts';
export { DEFAULT_DIALECT_URI, type Dialect, dialectOf } from './dialect.ts';
export type { Origin } from './engine.ts';
export { SchemaError, type SchemaErrorCode } from './errors.ts';
export { formatIssues, type Issue, type Validation } from './issues.ts';
export type { JsonSchema } from './json-schema.ts';
export type { Direction, InferInput, InferOutput, SchemaInput } from './schema-input.ts';
export type { StandardJSONSchemaV1, StandardSchemaV1, StandardTypedV1 } from './standard-schema.ts';
export { toJsonSchema } from './to-json-schema.ts';
