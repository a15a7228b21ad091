import { type SchemaBounds, toBounds } from './bounds.ts';
import { SchemaError } from './errors.ts';
import { buildGraph, type SchemaGraph } from './graph.ts';
import type { JsonSchema } from './json-schema.ts';
import { refuseLoops } from './loops.ts';

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
