import { isObject, type JsonSchema } from './json-schema.ts';
import { converts, type Direction, isStandard, type SchemaInput } from './schema-input.ts';

/**
 * Gives the JSON Schema (2020-12) of one side of a schema, deeply frozen. A JSON Schema is copied verbatim, whatever
 * keywords and order it has. Throws a TypeError when the schema has no JSON Schema, saying what to do about it.
 */
export function toJsonSchema(schema: SchemaInput, direction: Direction): JsonSchema {
  if (isStandard(schema)) return frozenCopy(convert(schema, direction));
  if (isObject(schema)) return frozenCopy(schema);
  throw new TypeError('A schema must be a Standard Schema (zod, valibot, arktype …) or a JSON Schema object');
}

// ---------------------------------------------------------------------------------------------------------------------

const MAX_COPY_DEPTH = 512;

function convert(schema: Extract<SchemaInput, { '~standard': unknown }>, direction: Direction): JsonSchema {
  const { vendor } = schema['~standard'];
  if (!converts(schema)) {
    throw new TypeError(
      `This ${vendor} schema cannot be written as JSON Schema: ${REMEDY[vendor] ?? REMEDY['other']}`,
    );
  }
  try {
    return schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`This ${vendor} schema has no JSON Schema for its ${direction}: ${reason}`, {
      cause,
    });
  }
}

const REMEDY: Readonly<Record<string, string>> = {
  valibot: 'wrap it with toStandardJsonSchema() from @valibot/to-json-schema',
  zod: 'use zod 4.2 or newer',
  arktype: 'use arktype 2.1.28 or newer',
  other:
    'use a library that implements Standard JSON Schema (https://standardschema.dev), or give a JSON Schema',
};

function frozenCopy(schema: JsonSchema): JsonSchema {
  // A copied object is an object: `copy` keeps the kind of what it is given.
  return copy(schema, 0) as JsonSchema;
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_COPY_DEPTH)
    throw new TypeError(`The schema is nested deeper than ${MAX_COPY_DEPTH} levels or circular`);
  if (Array.isArray(value)) return Object.freeze(value.map((item) => copy(item, depth + 1)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.freeze(Object.fromEntries(members.map(([key, member]) => [key, copy(member, depth + 1)])));
}
