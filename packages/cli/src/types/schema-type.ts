import { decode, resolve } from './pointer.ts';
import { comment, toKey, toTypeName } from './source-text.ts';

/** A JSON Schema, or part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a schema became. */
export interface SchemaTypes {
  /** The type of the whole. */
  readonly type: string;
  /** Types that it refers to, by name, in the order in which they were met. */
  readonly named: ReadonlyMap<string, string>;
}

/**
 * The TypeScript type of the values that a JSON Schema describes, as near as types can say it: bounds, patterns and conditions
 * are left out, and so is what lies behind a reference to another document. `name` begins the names of what the schema defines.
 */
export function toTypes(schema: unknown, name: string): SchemaTypes {
  const walk: Walk = { root: schema, name, named: new Map(), names: new Map(), budget: MAX_NODES };
  return { type: typeOf(schema, walk, 0), named: walk.named };
}

// ---

interface Walk {
  readonly root: unknown;
  readonly name: string;
  /** Types by name; one that is being made is there with an empty text. */
  readonly named: Map<string, string>;
  /** Names by reference. */
  readonly names: Map<string, string>;
  budget: number;
}

const MAX_NODES = 20_000;
const MAX_DEPTH = 40;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemasOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function typeOf(schema: unknown, walk: Walk, depth: number): string {
  walk.budget -= 1;
  if (schema === false) return 'never';
  if (!isSchema(schema) || depth > MAX_DEPTH || walk.budget < 0) return 'unknown';
  const { anyOf, oneOf, allOf } = schema;
  const parts = [
    own(schema, walk, depth),
    ...schemasOf(allOf).map((each) => typeOf(each, walk, depth + 1)),
    union(schemasOf(anyOf).map((each) => typeOf(each, walk, depth + 1))),
    union(schemasOf(oneOf).map((each) => typeOf(each, walk, depth + 1))),
  ].filter((part) => part !== 'unknown');
  const distinct = [...new Set(parts)];
  return distinct.length < 2 ? (distinct[0] ?? 'unknown') : distinct.map(parenthesised).join(' & ');
}

/** What the schema says without what it is put together from. */
function own(schema: Schema, walk: Walk, depth: number): string {
  if (typeof schema['$ref'] === 'string') return reference(schema['$ref'], walk, depth);
  if ('const' in schema) return literal(schema['const']);
  if (Array.isArray(schema['enum'])) return union(schema['enum'].map(literal));
  const types = schemasOf(
    Array.isArray(schema['type']) ? schema['type'] : [schema['type'] ?? implied(schema)],
  );
  return union(types.map((type) => plain(type, schema, { walk, depth })));
}

function implied(schema: Schema): string | undefined {
  if (schema['properties'] !== undefined) return 'object';
  return schema['items'] !== undefined || schema['prefixItems'] !== undefined ? 'array' : undefined;
}

interface Place {
  readonly walk: Walk;
  readonly depth: number;
}

function plain(type: unknown, schema: Schema, { walk, depth }: Place): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return type;
    case 'integer':
      return 'number';
    case 'array':
      return array(schema, walk, depth);
    case 'object':
      return object(schema, walk, depth);
    default:
      return 'unknown';
  }
}

function array({ items, prefixItems }: Schema, walk: Walk, depth: number): string {
  const rest = typeOf(items ?? true, walk, depth + 1);
  const first = schemasOf(prefixItems).map((each) => typeOf(each, walk, depth + 1));
  if (first.length === 0) return `readonly ${parenthesised(rest)}[]`;
  // Every item may be left out.
  const optional = first.map((each) => `${parenthesised(each)}?`);
  return `readonly [${[...optional, ...(rest === 'never' ? [] : [`...${parenthesised(rest)}[]`])].join(', ')}]`;
}

function object(schema: Schema, walk: Walk, depth: number): string {
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = schemasOf(schema['required']);
  const indent = '  '.repeat(depth + 1);
  const members = properties.map(([name, each]) => {
    const about = comment(isSchema(each) ? each['description'] : undefined, indent);
    const mark = required.includes(name) ? '' : '?';
    return `${about}${indent}readonly ${toKey(name)}${mark}: ${typeOf(each, walk, depth + 1)};\n`;
  });
  const more = additional(schema, properties.length > 0, { walk, depth });
  if (more !== undefined) members.push(`${indent}readonly [name: string]: ${more};\n`);
  return members.length === 0
    ? '{ readonly [name: string]: never }'
    : `{\n${members.join('')}${'  '.repeat(depth)}}`;
}

/** The type of members without a name. Beside named ones of other types no type but `unknown` would do. */
function additional(
  { additionalProperties: more }: Schema,
  named: boolean,
  { walk, depth }: Place,
): string | undefined {
  if (more === false) return undefined;
  if (named) return isSchema(more) ? 'unknown' : undefined;
  return typeOf(more ?? true, walk, depth + 1);
}

function reference(ref: string, walk: Walk, depth: number): string {
  const known = walk.names.get(ref);
  if (known !== undefined) return known;
  const target = resolve(walk.root, ref);
  if (target === undefined) return 'unknown';
  const last = ref === '#' ? 'self' : (ref.split('/').at(-1) ?? '');
  const name = fresh(`${walk.name}${toTypeName(decode(last))}`, walk.named);
  walk.names.set(ref, name);
  walk.named.set(name, '');
  // What it leads to is a type of its own, and so begins at the margin.
  walk.named.set(name, depth > MAX_DEPTH ? 'unknown' : typeOf(target, walk, 0));
  return name;
}

function fresh(name: string, taken: ReadonlyMap<string, string>): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function union(types: readonly string[]): string {
  if (types.length === 0 || types.includes('unknown')) return 'unknown';
  const distinct = [...new Set(types)];
  return distinct.length < 2 ? (distinct[0] ?? 'unknown') : distinct.map(parenthesised).join(' | ');
}

/** Whatever is put together, and a list, which begins with a word, in parentheses. */
function parenthesised(type: string): string {
  const compound = /^readonly |^[^{}]* [|&] /.test(type) || /^\{[\s\S]*\} [|&] /.test(type);
  return compound ? `(${type})` : type;
}

function literal(value: unknown): string {
  const simple = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  return simple ? JSON.stringify(value) : 'unknown';
}
