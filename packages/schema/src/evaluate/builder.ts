import type { Dialect } from '../dialect.ts';
import type { SchemaNode } from '../graph.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { Check, Node } from './run.ts';

/** One pattern, ready to run. */
export interface Matcher {
  readonly test: (text: string) => boolean;
  /** What looking at one character costs, in steps. */
  readonly stepsPerCharacter: number;
}

/** What the builder of a keyword may use. */
export interface Builder {
  readonly dialect: Dialect;
  /** Gives the checks of a subschema. They may still be empty when asked for: references may lead back. */
  readonly node: (schema: unknown) => Node;
  readonly matcher: (pattern: string) => Matcher;
}

/** Makes the check of a keyword, or of several that work together; `undefined` where the schema has none of them. */
export type BuildCheck = (schema: JsonSchema, builder: Builder, info: SchemaNode) => Check | undefined;

/** The items of a keyword's value, ready to run. */
export function nodes(value: unknown, builder: Builder): readonly Node[] {
  return Array.isArray(value) ? value.map((item) => builder.node(item)) : [];
}

/** The members of a keyword's value, ready to run. */
export function nodeEntries(value: unknown, builder: Builder): readonly (readonly [string, Node])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, schema]) => [key, builder.node(schema)]);
}
