import { type SchemaBounds, toBounds } from './bounds.ts';
import { analyse } from './check.ts';
import { fromStandardIssues, type Validation } from './issues.ts';
import type { JsonSchema } from './json-schema.ts';
import { measure } from './measure.ts';
import { type Direction, type InferOutput, isStandard, type SchemaInput, validates } from './schema-input.ts';
import type { StandardResult, StandardSchemaV1 } from './standard-schema.ts';
import { toJsonSchema } from './to-json-schema.ts';

/** A schema ready to run. */
export interface CompiledSchema<T = unknown> {
  /** The JSON Schema to publish, deeply frozen. */
  readonly json: JsonSchema;
  /** Validates a value; a promise only where the schema's own library gives one. Never throws on account of the value. */
  readonly validate: (value: unknown) => Validation<T> | Promise<Validation<T>>;
}

/** How to compile a schema. */
export interface CompileOptions {
  /** Which side of the schema to publish, where transforms and defaults make the two differ. */
  readonly direction: Direction;
  /** Limits on the schema. */
  readonly bounds?: Partial<SchemaBounds>;
}

/**
 * Compiles a schema for many validations. A Standard Schema validates by its own library, with its transforms and
 * defaults; a JSON Schema leaves the value as it is. Rejects with a SchemaError where `checkSchema` throws one, and
 * with a TypeError where `toJsonSchema` does.
 */
export async function compileSchema<S extends SchemaInput>(
  schema: S,
  options: CompileOptions,
): Promise<CompiledSchema<InferOutput<S>>> {
  const bounds = toBounds(options.bounds);
  if (!isStandard(schema)) measure(schema, bounds);
  const json = toJsonSchema(schema, options.direction);
  const graph = analyse(json, bounds);
  if (isStandard(schema) && validates(schema)) {
    // The type parameter is what the library itself infers for the schema.
    return { json, validate: standardValidator(schema as StandardSchemaV1<unknown, InferOutput<S>>) };
  }
  const { compileWithAjv } = await import('./ajv.ts');
  // A JSON Schema infers `unknown`; a Standard JSON Schema vouches that its types agree with it.
  return { json, validate: await compileWithAjv(graph) } as CompiledSchema<InferOutput<S>>;
}

// ---------------------------------------------------------------------------------------------------------------------

function standardValidator<T>(schema: StandardSchemaV1<unknown, T>): CompiledSchema<T>['validate'] {
  const { validate } = schema['~standard'];
  return (value) => {
    const result = validate(value);
    return result instanceof Promise ? result.then(toValidation) : toValidation(result);
  };
}

function toValidation<T>(result: StandardResult<T>): Validation<T> {
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, issues: fromStandardIssues(result.issues) };
}
