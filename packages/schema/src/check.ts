import { type SchemaBounds, toBounds } from './bounds.ts';
import { SchemaError } from './errors.ts';
import { buildGraph, type SchemaGraph, type SchemaNode, subschemas } from './graph.ts';
import { isObject, type JsonSchema } from './json-schema.ts';
import type { Applicator } from './keywords.ts';

/**
 * Throws a SchemaError unless a JSON Schema is one that can be run safely: a supported dialect (2020-12 or draft-07),
 * valid by it, within bounds, and with every reference leading into the schema itself. Quick, and loads no validator
 * (MCP, basic, "JSON Schema Usage").
 */
export function checkSchema(schema: JsonSchema, bounds?: Partial<SchemaBounds>): void {
  analyse(schema, toBounds(bounds));
}

/** Checks a schema as `checkSchema` does, and gives what was learnt of it. */
export function analyse(schema: JsonSchema, bounds: SchemaBounds): SchemaGraph {
  const graph = buildGraph(schema, bounds);
  refuseLoops(graph);
  return graph;
}

/** Throws a SchemaError unless the root of a schema is `type: "object"`, as a tool's `inputSchema` must be (MCP, Tool). */
export function requireObjectRoot(schema: JsonSchema): void {
  if (schema['type'] === 'object') return;
  throw new SchemaError('not-object-root', '', 'expected `type: "object"` at the root');
}

// ---------------------------------------------------------------------------------------------------------------------

/**
 * Throws a SchemaError when validating could come back to a subschema without having gone deeper into the value: a
 * reference to itself, or round through `allOf`, `if` and their like.
 */
function refuseLoops(graph: SchemaGraph): void {
  const hubs = dynamicHubs(graph);
  const edges = new Map([...graph.nodes.values()].map((node) => [node.schema, inPlace(graph, node, hubs)]));
  for (const { hub, targets } of hubs.values()) edges.set(hub, targets);
  const arrows = new Map<JsonSchema, number>();
  for (const targets of edges.values())
    for (const target of targets) arrows.set(target, (arrows.get(target) ?? 0) + 1);
  const free = [...edges.keys()].filter((schema) => !arrows.has(schema));
  for (let schema = free.pop(); schema !== undefined; schema = free.pop()) {
    for (const target of edges.get(schema) ?? []) {
      const left = (arrows.get(target) ?? 0) - 1;
      if (left > 0) arrows.set(target, left);
      else {
        arrows.delete(target);
        free.push(target);
      }
    }
  }
  const [looping] = [...arrows.keys()].filter((schema) => graph.nodes.get(schema)?.ref !== undefined);
  const node = graph.nodes.get(looping ?? [...arrows.keys()][0] ?? graph.root);
  if (arrows.size > 0) {
    throw new SchemaError(
      'ref-loop',
      node?.path ?? '',
      'references lead round in a circle that never reads the value',
    );
  }
}

/** The keywords that apply their subschemas to the very value their schema is applied to. */
const IN_PLACE: readonly (readonly [string, Applicator])[] = [
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['not', 'schema'],
  ['if', 'schema'],
  ['then', 'schema'],
  ['else', 'schema'],
  ['dependentSchemas', 'map'],
  ['dependencies', 'dependencies'],
];

function inPlace(graph: SchemaGraph, node: SchemaNode, hubs: Hubs): readonly JsonSchema[] {
  const { dynamicName, dynamicRef } = node;
  const targets: unknown[] = [node.ref, dynamicName === undefined ? dynamicRef : undefined];
  const hidden = graph.dialect === 'draft-07' && node.ref !== undefined;
  for (const [keyword, applicator] of hidden ? [] : IN_PLACE) {
    const value = node.schema[keyword];
    if (value !== undefined)
      for (const [, subschema] of subschemas(applicator, value)) targets.push(subschema);
  }
  const schemas = targets.filter((target) => isObject(target) && graph.nodes.has(target)).filter(isObject);
  const hub = dynamicName === undefined ? undefined : hubs.get(dynamicName)?.hub;
  return hub === undefined ? schemas : [...schemas, hub];
}

/** For each name of dynamic anchors, a stand-in that every `$dynamicRef` to it leads to, and that leads to each of them. */
type Hubs = ReadonlyMap<string, { readonly hub: JsonSchema; readonly targets: JsonSchema[] }>;

function dynamicHubs(graph: SchemaGraph): Hubs {
  const hubs = new Map<string, { hub: JsonSchema; targets: JsonSchema[] }>();
  for (const resource of new Set([...graph.nodes.values()].map((node) => node.resource))) {
    for (const [name, schema] of resource.dynamicAnchors) {
      const known = hubs.get(name);
      if (known === undefined) hubs.set(name, { hub: {}, targets: [schema] });
      else known.targets.push(schema);
    }
  }
  return hubs;
}
