import { type SchemaBounds, toBounds } from './bounds.ts';
import { analyse } from './check.ts';
import type { Origin } from './engine.ts';
import { fromStandardIssues, type Validation } from './issues.ts';
import type { JsonSchema } from './json-schema.ts';
import { lateParser, mayAnswerLate } from './late.ts';
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
  /**
   * Whose word the schema is. One from a peer is never compiled to code, and validating with it is bounded in time.
   * @default 'own'
   */
  readonly origin?: Origin;
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
  const { createValidator } = await import('./engine.ts');
  const validate = await createValidator(graph, { origin: options.origin ?? 'own', bounds });
  // A JSON Schema infers `unknown`; a Standard JSON Schema vouches that its types agree with it.
  return { json, validate } as CompiledSchema<InferOutput<S>>;
}

/**
 * Validates one value against a JSON Schema that is used once or comes from a peer, such as the form of an elicitation:
 * nothing is compiled to code, and the work is bounded. Rejects with a SchemaError where `checkSchema` throws one, and
 * when a pattern cannot be run in linear time.
 */
export async function validateOnce(
  schema: JsonSchema,
  value: unknown,
  options: { readonly bounds?: Partial<SchemaBounds> } = {},
): Promise<Validation> {
  const bounds = toBounds(options.bounds);
  const graph = analyse(schema, bounds);
  const { createValidator } = await import('./engine.ts');
  const validate = await createValidator(graph, { origin: 'peer', bounds });
  return validate(value);
}

// ---------------------------------------------------------------------------------------------------------------------

function standardValidator<T>(schema: StandardSchemaV1<unknown, T>): CompiledSchema<T>['validate'] {
  const { validate } = schema['~standard'];
  const parse = lateParser(schema);
  let isLate = parse !== undefined && mayAnswerLate(schema);
  return (value) => {
    if (isLate && parse !== undefined) return parse(value).then(toValidation);
    const result = validate(value);
    // A promise of another realm or library is one too: taken for an outcome, it would look like a success.
    if (!('then' in result)) return toValidation(result);
    isLate = true;
    return Promise.resolve(result).then(toValidation);
  };
}

function toValidation<T>(result: StandardResult<T>): Validation<T> {
  if (result.issues === undefined) {
    if (!('value' in result)) throw new TypeError('The schema gave neither a value nor issues');
    return { ok: true, value: result.value };
  }
  return { ok: false, issues: fromStandardIssues(result.issues) };
}
