/**
 * The part of a Standard Schema and a Standard JSON Schema that both share: types known to the compiler only.
 * Copied from https://standardschema.dev, version 1.1, as its authors intend.
 */
export interface StandardTypedV1<Input = unknown, Output = Input> {
  readonly '~standard': StandardTypedProps<Input, Output>;
}

/** A schema of any library that validates by the Standard Schema interface, version 1 (https://standardschema.dev). */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaProps<Input, Output>;
}

/** A schema of any library that converts to JSON Schema by the Standard JSON Schema interface, version 1. */
export interface StandardJSONSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': StandardJSONSchemaProps<Input, Output>;
}

/** What every Standard interface carries. */
export interface StandardTypedProps<Input = unknown, Output = Input> {
  readonly version: 1;
  readonly vendor: string;
  readonly types?: StandardTypes<Input, Output> | undefined;
}

/** The inferred types of a schema; absent at run time. */
export interface StandardTypes<Input = unknown, Output = Input> {
  readonly input: Input;
  readonly output: Output;
}

/** What a Standard Schema carries. */
export interface StandardSchemaProps<Input = unknown, Output = Input>
  extends StandardTypedProps<Input, Output> {
  readonly validate: (
    value: unknown,
    options?: StandardOptions | undefined,
  ) => StandardResult<Output> | Promise<StandardResult<Output>>;
}

/** What a Standard JSON Schema carries. */
export interface StandardJSONSchemaProps<Input = unknown, Output = Input>
  extends StandardTypedProps<Input, Output> {
  readonly jsonSchema: StandardConverter;
}

/** The two conversions of a Standard JSON Schema. Either may throw when the schema has no JSON Schema. */
export interface StandardConverter {
  readonly input: (options: StandardConverterOptions) => Record<string, unknown>;
  readonly output: (options: StandardConverterOptions) => Record<string, unknown>;
}

/** Options of a conversion to JSON Schema. */
export interface StandardConverterOptions extends StandardOptions {
  readonly target: 'draft-2020-12' | 'draft-07' | 'openapi-3.0' | ({} & string);
}

/** Options of a validation. */
export interface StandardOptions {
  readonly libraryOptions?: Record<string, unknown> | undefined;
}

/** The outcome of a validation: a value, or issues. */
export type StandardResult<Output> = StandardSuccess<Output> | StandardFailure;

/** The outcome of a validation that succeeded. */
export interface StandardSuccess<Output> {
  readonly value: Output;
  readonly issues?: undefined;
}

/** The outcome of a validation that failed. */
export interface StandardFailure {
  readonly issues: readonly StandardIssue[];
}

/** One fault found by a Standard Schema. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
