import type { SchemaGraph, SchemaNode } from '../graph.ts';
import { isObject, type JsonSchema } from '../json-schema.ts';
import { contains, counts, itemSchemas, unevaluatedItems } from './arrays.ts';
import type { BuildCheck, Builder, Matcher } from './builder.ts';
import * as combine from './combine.ts';
import { dependencies, presence, properties, propertyNames, unevaluatedProperties } from './objects.ts';
import type { Check, Node, SchemaChecks } from './run.ts';
import { fixedValues, format, lengths, numbers, pattern, type } from './scalars.ts';
import { Seen } from './seen.ts';

/** Makes the checks of every subschema of a checked schema; gives those of its root. */
export function buildChecks(graph: SchemaGraph, matcher: (pattern: string) => Matcher): Node {
  const made = new Map<JsonSchema, SchemaChecks>();
  const waiting: SchemaChecks[] = [];
  const scoped = [...graph.nodes.values()].some(({ dynamicName }) => dynamicName !== undefined);
  const infos = new Map<SchemaChecks, SchemaNode>();
  const builder: Builder = {
    dialect: graph.dialect,
    matcher,
    node(schema) {
      const info = isObject(schema) ? graph.nodes.get(schema) : undefined;
      if (info === undefined) return schema !== false;
      const known = made.get(info.schema);
      if (known !== undefined) return known;
      const node: SchemaChecks = { checks: [], resource: scoped ? info.resource : undefined };
      made.set(info.schema, node);
      infos.set(node, info);
      waiting.push(node);
      return node;
    },
  };
  // Every node is made before the first validation, from a list and not by recursion: chains of references may be long.
  for (const schema of graph.nodes.keys()) builder.node(schema);
  for (const node of waiting) {
    const info = infos.get(node);
    if (info !== undefined) node.checks.push(...checksOf(info, builder));
  }
  return builder.node(graph.root);
}

// ---------------------------------------------------------------------------------------------------------------------

const CHECKS: readonly BuildCheck[] = [
  type,
  fixedValues,
  numbers,
  lengths,
  format,
  pattern,
  presence,
  counts,
  properties,
  propertyNames,
  itemSchemas,
  contains,
  combine.reference,
  combine.dynamicReference,
  combine.allOf,
  combine.anyOf,
  combine.oneOf,
  combine.not,
  combine.conditional,
  combine.dependentSchemas,
  dependencies,
];

/** They read what all others have looked at, so they come last. */
const LAST_CHECKS: readonly BuildCheck[] = [unevaluatedProperties, unevaluatedItems];

function checksOf(info: SchemaNode, builder: Builder): readonly Check[] {
  const build = (list: readonly BuildCheck[]) =>
    list.map((make) => make(info.schema, builder, info)).filter((check) => check !== undefined);
  if (builder.dialect === 'draft-07') {
    // A reference hides its siblings there (draft-07 core §8.3).
    return build(info.ref === undefined ? CHECKS : [combine.reference]);
  }
  const last = build(LAST_CHECKS);
  const first = build(CHECKS);
  return last.length === 0 ? first : [collectSeen([...first, ...last])];
}

function collectSeen(checks: readonly Check[]): Check {
  return (value, run, seen) => {
    const own = new Seen();
    let valid = true;
    for (const check of checks) {
      if (check(value, run, own)) continue;
      valid = false;
      if (!run.collects) return false;
    }
    if (valid) run.merge(seen, own);
    return valid;
  };
}
