import { Failure } from '../failure.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * Reads `key=value` pairs as the types that the tool's input schema declares, on top of `base`. A value for a list is
 * a JSON list, or one item; keys of lists may repeat. What the schema does not describe is read as JSON where it is
 * JSON, otherwise as text. Throws `Failure` for a pair that is none, or a value of another type.
 */
export function readArguments(
  pairs: readonly string[],
  base: Schema,
  inputSchema: Schema,
): Record<string, unknown> {
  const texts = new Map<string, string[]>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new Failure(`"${pair}" is not an argument: write key=value.`);
    const key = pair.slice(0, equals);
    texts.set(key, [...(texts.get(key) ?? []), pair.slice(equals + 1)]);
  }
  const values = [...texts].map(([key, given]) => [
    key,
    readValue(key, given, { schema: propertyOf(inputSchema, key), root: inputSchema }),
  ]);
  // Entries make own properties, whatever their names.
  return Object.fromEntries([...Object.entries(base), ...values]);
}

/** The keys that the schema does not name, where it names any. */
export function undeclaredKeys(args: Schema, inputSchema: Schema): string[] {
  const { properties } = inputSchema;
  if (!isObject(properties)) return [];
  return Object.keys(args).filter((key) => !Object.hasOwn(properties, key));
}

// ---

interface Place {
  readonly schema: Schema;
  /** Where `$ref` points into. */
  readonly root: Schema;
}

function readValue(key: string, texts: readonly string[], place: Place): unknown {
  const [first = ''] = texts;
  const { schema, root } = place;
  const types = typesOf(schema, root);
  if (types.has('array')) {
    const whole = texts.length === 1 ? parse(first) : undefined;
    if (Array.isArray(whole)) return whole;
    const items = { schema: asSchema(schema['items']), root };
    if (types.size === 1 || texts.length > 1)
      return texts.map((text) => readScalar(key, text, typesOf(items.schema, root)));
  }
  if (texts.length > 1) throw new Failure(`"${key}" is given ${texts.length} times, and it is not a list.`);
  return readScalar(key, first, types);
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function readScalar(key: string, text: string, types: ReadonlySet<string>): unknown {
  if (types.size === 0) {
    const value = parse(text);
    return value === undefined ? text : value;
  }
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.has('null') && text === 'null') return null;
  if (types.has('number') && NUMBER.test(text)) return Number(text);
  if (types.has('integer') && NUMBER.test(text) && Number.isInteger(Number(text))) return Number(text);
  if (types.has('object') || types.has('array')) {
    const value = parse(text);
    if (types.has(Array.isArray(value) ? 'array' : 'object') && typeof value === 'object' && value !== null)
      return value;
  }
  if (types.has('string')) return text;
  throw new Failure(
    `"${key}" is ${JSON.stringify(text)}, which is not ${[...types].map((type) => NAMES[type] ?? type).join(' or ')}.`,
  );
}

const NAMES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  array: 'a JSON list',
  object: 'a JSON object',
};

/** How far references and alternatives are followed. */
const MAX_DEPTH = 16;

/** The JSON types that a schema admits, as far as it says; empty where it does not. */
function typesOf(schema: Schema, root: Schema, depth = 0): Set<string> {
  if (depth > MAX_DEPTH) return new Set();
  const { type, $ref } = schema;
  if (typeof type === 'string') return new Set([type]);
  if (Array.isArray(type)) return new Set(type.map(String));
  if (typeof $ref === 'string') return typesOf(referred($ref, root), root, depth + 1);
  if (Object.hasOwn(schema, 'const')) return new Set([typeOf(schema['const'])]);
  if (Array.isArray(schema['enum'])) return new Set(schema['enum'].map(typeOf));
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  const all = Array.isArray(alternatives)
    ? alternatives.map((one) => typesOf(asSchema(one), root, depth + 1))
    : [];
  return all.some((types) => types.size === 0) ? new Set() : new Set(all.flatMap((types) => [...types]));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What a reference within the same schema points to. */
function referred($ref: string, root: Schema): Schema {
  if (!$ref.startsWith('#/')) return {};
  let at: unknown = root;
  for (const step of $ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return asSchema(at);
}

function propertyOf({ properties }: Schema, key: string): Schema {
  return isObject(properties) && Object.hasOwn(properties, key) ? asSchema(properties[key]) : {};
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asSchema = (value: unknown): Schema => (isObject(value) ? value : {});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
