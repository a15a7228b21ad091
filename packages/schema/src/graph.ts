import type { SchemaBounds } from './bounds.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { clip, SchemaError } from './errors.ts';
import { isObject, type JsonSchema, pointer } from './json-schema.ts';
import { type Applicator, checkShape, KEYWORDS } from './keywords.ts';
import { measure } from './measure.ts';
import { toRegExp } from './pattern.ts';
import {
  findTarget,
  LOCAL_URI,
  newResource,
  type Resource,
  type Subschema,
  splitReference,
} from './resource.ts';

/** A schema whose every subschema has been seen, counted and checked, and whose every reference leads somewhere. */
export interface SchemaGraph {
  readonly root: JsonSchema;
  readonly dialect: Dialect;
  readonly nodes: ReadonlyMap<JsonSchema, SchemaNode>;
}

/** What is known of one subschema beside its keywords. */
export interface SchemaNode {
  readonly schema: JsonSchema;
  readonly path: string;
  readonly resource: Resource;
  /** What its `$ref` means. */
  ref?: Subschema;
  /** What its `$dynamicRef` means where nothing redirects it. */
  dynamicRef?: Subschema;
  /** The name by which its `$dynamicRef` can be redirected. */
  dynamicName?: string;
}

/** Checks a schema from the root and resolves its references. Throws a SchemaError at the first fault. */
export function buildGraph(root: JsonSchema, bounds: SchemaBounds): SchemaGraph {
  if (!isObject(root)) throw new SchemaError('invalid-schema', '', 'expected an object');
  measure(root, bounds);
  const walk: Walk = {
    dialect: dialectOf(root),
    bounds,
    nodes: new Map(),
    resources: new Map(),
    unresolved: [],
  };
  const document = newResource(LOCAL_URI, root, '');
  walk.resources.set(document.uri, document);
  visit(walk, root, { path: '', resource: document });
  for (let node = walk.unresolved.pop(); node !== undefined; node = walk.unresolved.pop())
    resolve(walk, node);
  return { root, dialect: walk.dialect, nodes: walk.nodes };
}

/** The schemas that a keyword's value holds, with their paths below the keyword. */
export function* subschemas(applicator: Applicator, value: unknown): Generator<readonly [string, unknown]> {
  if (applicator === 'schema' || (applicator === 'schema-or-schemas' && !Array.isArray(value)))
    yield ['', value];
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield [`/${index}`, item];
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (applicator === 'dependencies' && Array.isArray(member)) continue;
      yield [pointer('', key), member];
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------

interface Walk {
  readonly dialect: Dialect;
  readonly bounds: SchemaBounds;
  readonly nodes: Map<JsonSchema, SchemaNode>;
  readonly resources: Map<string, Resource>;
  readonly unresolved: SchemaNode[];
}

interface Position {
  readonly path: string;
  readonly resource: Resource;
}

function visit(walk: Walk, schema: unknown, at: Position): void {
  if (typeof schema === 'boolean') return;
  if (!isObject(schema))
    throw new SchemaError('invalid-schema', at.path, 'expected a schema: an object, true or false');
  if (walk.nodes.size >= walk.bounds.maxSubschemas) {
    throw new SchemaError('too-many-subschemas', '', `more than ${walk.bounds.maxSubschemas} subschemas`);
  }
  checkKeywords(walk, schema, at.path);
  const resource = enterResource(walk, schema, at);
  const node: SchemaNode = { schema, path: at.path, resource };
  walk.nodes.set(schema, node);
  nameAnchors(walk.dialect, node);
  if (schema['$ref'] !== undefined || schema['$dynamicRef'] !== undefined) walk.unresolved.push(node);
  visitSubschemas(walk, schema, { path: at.path, resource });
}

function visitSubschemas(walk: Walk, schema: JsonSchema, at: Position): void {
  for (const [keyword, applicator] of KEYWORDS[walk.dialect].applicators) {
    const value = schema[keyword];
    if (value === undefined) continue;
    const path = pointer(at.path, keyword);
    checkApplicator(applicator, value, path);
    for (const [below, subschema] of subschemas(applicator, value)) {
      visit(walk, subschema, { path: path + below, resource: at.resource });
    }
  }
}

function checkApplicator(applicator: Applicator, value: unknown, path: string): void {
  if (applicator === 'schemas' && !(Array.isArray(value) && value.length > 0)) {
    throw new SchemaError('invalid-schema', path, 'expected an array of at least one schema');
  }
  if ((applicator === 'map' || applicator === 'dependencies') && !isObject(value)) {
    throw new SchemaError('invalid-schema', path, 'expected an object');
  }
  if (applicator === 'dependencies' && isObject(value)) {
    const lists = Object.fromEntries(Object.entries(value).filter(([, member]) => Array.isArray(member)));
    checkShape('names-map', lists, { path: path.slice(0, path.lastIndexOf('/')), keyword: 'dependencies' });
  }
}

function checkKeywords(walk: Walk, schema: JsonSchema, path: string): void {
  for (const [keyword, shape] of KEYWORDS[walk.dialect].shapes) {
    const value = schema[keyword];
    if (value === undefined) continue;
    checkShape(shape, value, { path, keyword });
    if (shape === 'pattern') checkPattern(walk, String(value), pointer(path, keyword));
  }
  const patterns = schema['patternProperties'];
  if (isObject(patterns)) {
    for (const pattern of Object.keys(patterns))
      checkPattern(walk, pattern, pointer(`${path}/patternProperties`, pattern));
  }
  if (schema['$schema'] !== undefined && dialectOf(schema, path) !== walk.dialect) {
    throw new SchemaError(
      'unsupported-dialect',
      `${path}/$schema`,
      'a schema of two dialects is not supported',
    );
  }
}

function checkPattern(walk: Walk, pattern: string, path: string): void {
  if (pattern.length > walk.bounds.maxPatternLength) {
    throw new SchemaError('invalid-pattern', path, `longer than ${walk.bounds.maxPatternLength} characters`);
  }
  if (toRegExp(pattern) === undefined) {
    throw new SchemaError('invalid-pattern', path, `"${clip(pattern, 100)}" is not a regular expression`);
  }
}

function enterResource(walk: Walk, schema: JsonSchema, at: Position): Resource {
  const id = schema['$id'];
  // In draft-07 `$ref` hides its siblings, and `$id: "#name"` only names an anchor.
  const hidden = walk.dialect === 'draft-07' && schema['$ref'] !== undefined;
  if (typeof id !== 'string' || hidden || (walk.dialect === 'draft-07' && id.startsWith('#')))
    return at.resource;
  const path = pointer(at.path, '$id');
  const { uri, fragment } = splitReference(id, at.resource.uri, path);
  if (fragment !== '' && walk.dialect === '2020-12') {
    throw new SchemaError('invalid-schema', path, 'expected a URI reference without a fragment');
  }
  const resource = newResource(uri, schema, at.path);
  const known = walk.resources.get(uri);
  if (known !== undefined && known.root !== schema) {
    throw new SchemaError('invalid-schema', path, `another subschema has the same $id "${clip(id, 200)}"`);
  }
  walk.resources.set(uri, resource);
  if (fragment !== '') resource.anchors.set(fragment, schema);
  return resource;
}

function nameAnchors(dialect: Dialect, { schema, resource, path }: SchemaNode): void {
  const { $anchor, $dynamicAnchor, $id, $ref } = schema;
  if (dialect === 'draft-07') {
    if (typeof $id === 'string' && $id.length > 1 && $id.startsWith('#') && $ref === undefined) {
      resource.anchors.set($id.slice(1), schema);
    }
    return;
  }
  for (const name of new Set([$anchor, $dynamicAnchor])) {
    if (typeof name !== 'string') continue;
    if (!/^[A-Za-z_][-A-Za-z0-9._]*$/.test(name)) {
      throw new SchemaError('invalid-schema', path, `"${clip(name, 100)}" is not a name for an anchor`);
    }
    if (resource.anchors.has(name))
      throw new SchemaError('invalid-schema', path, `two anchors are named "${name}"`);
    resource.anchors.set(name, schema);
  }
  if (typeof $dynamicAnchor === 'string') resource.dynamicAnchors.set($dynamicAnchor, schema);
}

function resolve(walk: Walk, node: SchemaNode): void {
  const { $ref, $dynamicRef } = node.schema;
  if (typeof $ref === 'string') node.ref = follow(walk, node, { text: $ref, keyword: '$ref' }).schema;
  if (typeof $dynamicRef !== 'string' || walk.dialect !== '2020-12') return;
  const target = follow(walk, node, { text: $dynamicRef, keyword: '$dynamicRef' });
  node.dynamicRef = target.schema;
  const name = $dynamicRef.slice($dynamicRef.indexOf('#') + 1);
  if (target.resource.dynamicAnchors.get(name) === target.schema) node.dynamicName = name;
}

function follow(walk: Walk, node: SchemaNode, { text, keyword }: { text: string; keyword: string }) {
  const path = pointer(node.path, keyword);
  const target = findTarget({ text, base: node.resource.uri, path }, walk.resources);
  // A pointer may lead to a place that no keyword marks as a schema.
  if (isObject(target.schema) && !walk.nodes.has(target.schema)) visit(walk, target.schema, target);
  return target;
}
