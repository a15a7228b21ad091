import { clip, SchemaError } from '../errors.ts';
import type { SchemaGraph } from '../graph.ts';
import { isObject, pointer } from '../json-schema.ts';
import { toRegExp } from '../pattern.ts';
import type { Matcher } from './builder.ts';
import { type LinearPattern, toLinearPattern } from './linear-pattern.ts';

/** Runs the patterns of a schema by the runtime's own engine. They were found to be regular expressions before. */
export function nativeMatcher(pattern: string): Matcher {
  const expression = toRegExp(pattern);
  if (expression === undefined) throw new TypeError('The pattern is not a regular expression');
  return { test: (text) => expression.test(text), stepsPerCharacter: STEPS_PER_CHARACTER };
}

/**
 * Gives matchers that take time linear in the text whatever the pattern (RE2), for the patterns of a schema from a
 * peer. Rejects with a SchemaError when one of them needs look-around or a back-reference, or they are too large.
 */
export async function linearMatchers(graph: SchemaGraph): Promise<(pattern: string) => Matcher> {
  const places = patternsOf(graph);
  if (places.size === 0) return nativeMatcher;
  const patterns = rewrite(places);
  const { RE2JS } = await import('re2js');
  const matchers = new Map<string, Matcher>();
  for (const [pattern, { text, size }] of patterns) {
    try {
      const expression = RE2JS.compile(text);
      const stepsPerCharacter = Math.max(STEPS_PER_CHARACTER, size / 100);
      matchers.set(pattern, { test: (value) => expression.test(value), stepsPerCharacter });
    } catch {
      throw notLinear(pattern, places.get(pattern) ?? '');
    }
  }
  return (pattern) => matchers.get(pattern) ?? nativeMatcher(pattern);
}

// ---------------------------------------------------------------------------------------------------------------------

const STEPS_PER_CHARACTER = 1 / 16;

/** The most states of all patterns of a schema together: some milliseconds of compiling. */
const MAX_STATES = 20_000;

function rewrite(places: ReadonlyMap<string, string>): ReadonlyMap<string, LinearPattern> {
  const rewritten = new Map<string, LinearPattern>();
  let states = 0;
  for (const [pattern, path] of places) {
    const linear = toLinearPattern(pattern);
    if (linear === undefined) throw notLinear(pattern, path);
    states += linear.size;
    if (states > MAX_STATES) {
      throw new SchemaError('unsupported-pattern', path, `the patterns make more than ${MAX_STATES} states`);
    }
    rewritten.set(pattern, linear);
  }
  return rewritten;
}

function notLinear(pattern: string, path: string): SchemaError {
  const reason = `"${clip(pattern, 100)}" cannot be run in linear time: look-around, back-references and unusual escapes are refused`;
  return new SchemaError('unsupported-pattern', path, reason);
}

function patternsOf(graph: SchemaGraph): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { schema, path } of graph.nodes.values()) {
    const { pattern, patternProperties } = schema;
    if (typeof pattern === 'string') found.set(pattern, pointer(path, 'pattern'));
    for (const key of isObject(patternProperties) ? Object.keys(patternProperties) : []) {
      found.set(key, pointer(pointer(path, 'patternProperties'), key));
    }
  }
  return found;
}
