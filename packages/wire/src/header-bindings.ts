import { decodeHeaderValue, encodeHeaderValue, headerValueMatches } from './header-value.ts';
import { HEADER } from './headers.ts';
import { isObject } from './walk.ts';

/** An argument of a tool that is repeated in a header. Spec: basic/transports/streamable-http#custom-headers-from-tool-parameters. */
export interface HeaderBinding {
  /** The header's whole name, in lower case: `mcp-param-region`. */
  readonly header: string;
  /** The name as the tool gives it: `Region`. */
  readonly name: string;
  /** The chain of property names that leads to the value. */
  readonly path: readonly string[];
  readonly type: 'string' | 'integer' | 'boolean';
}

/** What `compileHeaderBindings` found. */
export type HeaderBindings = { ok: true; bindings: readonly HeaderBinding[] } | { ok: false; reason: string };

/**
 * Collects the `x-mcp-header` annotations of a tool's input schema, or says what is wrong with the first bad one: not a
 * field-name token, used twice but for its case, on a type other than string, integer or boolean, or in a place that is not
 * reached from the root through `properties` alone. Spec: basic/transports/streamable-http#schema-extension.
 */
export function compileHeaderBindings(inputSchema: unknown): HeaderBindings {
  const search: Search = { bindings: [], taken: new Map(), budget: MAX_SCHEMA_NODES };
  const reason = visitSchema(inputSchema, { path: [], where: '', reachable: true, depth: 0 }, search);
  return reason === undefined
    ? { ok: true, bindings: Object.freeze(search.bindings) }
    : { ok: false, reason };
}

/**
 * The headers that a call must carry, by name: for each bound argument that is there and not null. An argument that is no
 * text, truth value or safe integer is left out; the server will refuse the call. Spec: basic/transports/streamable-http#client-behavior.
 */
export function paramHeaders(
  bindings: readonly HeaderBinding[],
  args: Readonly<Record<string, unknown>> | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, path } of bindings) {
    const value = valueAt(args, path);
    if (isBindable(value)) headers[`Mcp-Param-${name}`] = encodeHeaderValue(String(value));
  }
  return headers;
}

/**
 * What is wrong with the parameter headers of a call, or undefined: one that is missing while the body has the value, there
 * while it has none, malformed, or of another value. Spec: basic/transports/streamable-http#server-behavior-for-custom-headers.
 */
export function checkParamHeaders(
  bindings: readonly HeaderBinding[],
  args: Readonly<Record<string, unknown>> | undefined,
  header: (name: string) => string | undefined,
): string | undefined {
  for (const { header: key, name, path } of bindings) {
    const raw = header(key);
    const value = valueAt(args, path);
    const fault = faultOf(raw, value);
    if (fault !== undefined) return `Mcp-Param-${name} header ${fault}`;
  }
  return undefined;
}

interface Place {
  readonly path: readonly string[];
  /** For messages: the path, with the keywords that lead away from `properties`. */
  readonly where: string;
  readonly reachable: boolean;
  readonly depth: number;
}

interface Search {
  readonly bindings: HeaderBinding[];
  readonly taken: Map<string, string>;
  budget: number;
}

const ANNOTATION = 'x-mcp-header';
const MAX_SCHEMA_DEPTH = 128;
const MAX_SCHEMA_NODES = 50_000;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Keywords whose values are data: an annotation in there is a value like any other. */
const DATA_KEYWORDS: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples', 'required']);
/** Keywords whose members are named by the author, so that a name is no keyword. */
const NAMING_KEYWORDS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
  '$defs',
  'definitions',
]);

function visitSchema(schema: unknown, place: Place, search: Search): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  search.budget -= 1;
  if (place.depth > MAX_SCHEMA_DEPTH || search.budget < 0)
    return 'The input schema is too large to look for x-mcp-header';
  if (Array.isArray(schema)) {
    for (const item of schema) {
      const fault = visitSchema(item, away(place, '[]'), search);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  const node = schema as Record<string, unknown>; // an object that is no array
  const fault = Object.hasOwn(node, ANNOTATION) ? bind(node, place, search) : undefined;
  return fault ?? visitMembers(node, place, search);
}

function visitMembers(node: Record<string, unknown>, place: Place, search: Search): string | undefined {
  for (const [keyword, value] of Object.entries(node)) {
    if (keyword === ANNOTATION || DATA_KEYWORDS.has(keyword)) continue;
    const fault =
      NAMING_KEYWORDS.has(keyword) && isObject(value)
        ? visitNamed(keyword, value, { place, search })
        : visitSchema(value, away(place, keyword), search);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function visitNamed(
  keyword: string,
  members: Record<string, unknown>,
  { place, search }: { place: Place; search: Search },
): string | undefined {
  for (const [name, member] of Object.entries(members)) {
    const next = keyword === 'properties' ? into(place, name) : away(place, `${keyword}.${name}`);
    const fault = visitSchema(member, next, search);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function bind(node: Record<string, unknown>, place: Place, search: Search): string | undefined {
  const name = node[ANNOTATION];
  const at = place.where === '' ? 'the schema itself' : place.where;
  if (!place.reachable || place.path.length === 0) {
    return `x-mcp-header on ${at} is not on a property reached through "properties" alone`;
  }
  if (typeof name !== 'string' || name === '') return `x-mcp-header on ${at} must be a non-empty string`;
  if (!TOKEN.test(name)) return `x-mcp-header ${JSON.stringify(name)} on ${at} is not a valid header name`;
  const { type } = node;
  if (type !== 'string' && type !== 'integer' && type !== 'boolean') {
    return `x-mcp-header on ${at} needs the type string, integer or boolean`;
  }
  const header = HEADER.paramPrefix + name.toLowerCase();
  const other = search.taken.get(header);
  if (other !== undefined) return `x-mcp-header ${JSON.stringify(name)} on ${at} is already used on ${other}`;
  search.taken.set(header, at);
  search.bindings.push(Object.freeze({ header, name, path: Object.freeze([...place.path]), type }));
  return undefined;
}

function into({ path, where, reachable, depth }: Place, name: string): Place {
  const next = where === '' ? name : `${where}.${name}`;
  return { path: reachable ? [...path, name] : path, where: next, reachable, depth: depth + 1 };
}

function away({ path, where, depth }: Place, keyword: string): Place {
  return { path, where: where === '' ? keyword : `${where}.${keyword}`, reachable: false, depth: depth + 1 };
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function isBindable(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

function faultOf(raw: string | undefined, value: unknown): string | undefined {
  if (value === undefined || value === null) return raw === undefined ? undefined : 'is not in the arguments';
  if (raw === undefined) return 'is missing, but its value is in the arguments';
  const decoded = decodeHeaderValue(raw);
  if (!decoded.ok) return `is malformed: ${decoded.reason}`;
  return isBindable(value) && headerValueMatches(raw, value) ? undefined : 'does not match the arguments';
}
