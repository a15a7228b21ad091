import { clip, SchemaError } from './errors.ts';
import type { JsonSchema } from './json-schema.ts';

/** The dialects of JSON Schema that are understood. */
export type Dialect = '2020-12' | 'draft-07';

/** The URI of the dialect that holds where a schema names none (MCP, basic, "Schema Dialect"). */
export const DEFAULT_DIALECT_URI = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Tells a schema's dialect from its `$schema`, 2020-12 where there is none. Throws a SchemaError that names any other
 * dialect (MCP, basic, "Implementation Requirements").
 */
export function dialectOf(schema: JsonSchema, path = ''): Dialect {
  const uri = schema['$schema'] ?? DEFAULT_DIALECT_URI;
  if (typeof uri !== 'string')
    throw new SchemaError('invalid-schema', `${path}/$schema`, 'expected a string');
  const dialect = DIALECTS.get(uri.replace(/#$/, ''));
  if (dialect !== undefined) return dialect;
  throw new SchemaError(
    'unsupported-dialect',
    `${path}/$schema`,
    `the dialect "${clip(uri, 200)}" is not supported; supported are ${DEFAULT_DIALECT_URI} and draft-07`,
  );
}

// ---------------------------------------------------------------------------------------------------------------------

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  [DEFAULT_DIALECT_URI, '2020-12'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['https://json-schema.org/draft-07/schema', 'draft-07'],
]);
