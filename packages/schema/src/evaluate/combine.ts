import { clip } from '../errors.ts';
import { formatIssues, type Issue } from '../issues.ts';
import { isObject } from '../json-schema.ts';
import { type BuildCheck, nodeEntries, nodes } from './builder.ts';
import { hasMember } from './json-text.ts';
import type { Node, Run } from './run.ts';
import { Seen } from './seen.ts';

/** `$ref` (JSON Schema core §8.2.3.1). */
export const reference: BuildCheck = (_schema, builder, { ref }) => {
  if (ref === undefined) return undefined;
  const node = builder.node(ref);
  return (value, run, seen) => run.apply(node, value, seen);
};

/** `$dynamicRef`: the outermost resource come through that has the anchor decides (core §8.2.3.2). */
export const dynamicReference: BuildCheck = (_schema, builder, { dynamicRef, dynamicName }) => {
  if (dynamicRef === undefined) return undefined;
  const fallback = builder.node(dynamicRef);
  if (dynamicName === undefined) return (value, run, seen) => run.apply(fallback, value, seen);
  return (value, run, seen) => {
    let target: unknown;
    for (let scope = run.scope; scope !== undefined; scope = scope.outer) {
      run.spend(0.1);
      target = scope.resource.dynamicAnchors.get(dynamicName) ?? target;
    }
    return run.apply(target === undefined ? fallback : builder.node(target), value, seen);
  };
};

/** `allOf` (core §10.2.1.1). */
export const allOf: BuildCheck = (schema, builder) => {
  if (schema['allOf'] === undefined) return undefined;
  const parts = nodes(schema['allOf'], builder);
  return (value, run, seen) => {
    let valid = true;
    for (const part of parts) {
      if (run.apply(part, value, seen)) continue;
      valid = false;
      if (!run.collects) return false;
    }
    return valid;
  };
};

/** `anyOf` (core §10.2.1.2). */
export const anyOf: BuildCheck = (schema, builder) => {
  if (schema['anyOf'] === undefined) return undefined;
  const alternatives = nodes(schema['anyOf'], builder);
  return (value, run, seen) => {
    const faults: Issue[] = [];
    let valid = false;
    for (const alternative of alternatives) {
      const wrong = tryAlternative(alternative, value, { run, seen });
      if (wrong === undefined) valid = true;
      else faults.push(...wrong.slice(0, 1));
      // Every alternative that matches has something to say of what it looked at.
      if (valid && seen === undefined) return true;
    }
    return valid || run.fail(`expected one of these to hold: ${listFaults(faults)}`);
  };
};

/** `oneOf` (core §10.2.1.3). */
export const oneOf: BuildCheck = (schema, builder) => {
  if (schema['oneOf'] === undefined) return undefined;
  const alternatives = nodes(schema['oneOf'], builder);
  return (value, run, seen) => {
    const faults: Issue[] = [];
    const matched: number[] = [];
    for (const [index, alternative] of alternatives.entries()) {
      const wrong = tryAlternative(alternative, value, { run, seen });
      if (wrong !== undefined) faults.push(...wrong.slice(0, 1));
      else if (matched.push(index) > 1) {
        return run.fail(
          `expected only one alternative of "oneOf" to match, but ${matched.join(' and ')} both do`,
        );
      }
    }
    return matched.length === 1 || run.fail(`expected exactly one of these to hold: ${listFaults(faults)}`);
  };
};

/** `not` (core §10.2.1.4). */
export const not: BuildCheck = (schema, builder) => {
  if (schema['not'] === undefined) return undefined;
  const node = builder.node(schema['not']);
  return (value, run, seen) =>
    !run.applyQuietly(node, value, seen && new Seen()) ||
    run.fail('expected a value that "not" does not describe');
};

/** `if`, `then` and `else` (core §10.2.2). */
export const conditional: BuildCheck = (schema, builder) => {
  if (schema['if'] === undefined) return undefined;
  const condition = builder.node(schema['if']);
  const consequence = builder.node(schema['then'] ?? true);
  const alternative = builder.node(schema['else'] ?? true);
  return (value, run, seen) => {
    const own = seen && new Seen();
    if (!run.applyQuietly(condition, value, own)) return run.apply(alternative, value, seen);
    run.merge(seen, own);
    return run.apply(consequence, value, seen);
  };
};

/** `dependentSchemas` (core §10.2.2.4). */
export const dependentSchemas: BuildCheck = (schema, builder) => {
  if (builder.dialect !== '2020-12' || schema['dependentSchemas'] === undefined) return undefined;
  const dependent = nodeEntries(schema['dependentSchemas'], builder);
  return (value, run, seen) => {
    if (!isObject(value)) return true;
    let valid = true;
    run.spend(dependent.length / 2);
    for (const [trigger, node] of dependent) {
      if (hasMember(value, trigger) && !run.apply(node, value, seen)) valid = false;
    }
    return valid;
  };
};

// ---------------------------------------------------------------------------------------------------------------------

function tryAlternative(
  node: Node,
  value: unknown,
  { run, seen }: { run: Run; seen: Seen | undefined },
): readonly Issue[] | undefined {
  const own = seen && new Seen();
  const wrong = run.applyAlternative(node, value, own);
  if (wrong === undefined) run.merge(seen, own);
  return wrong;
}

function listFaults(faults: readonly Issue[]): string {
  const listed = faults.slice(0, 3).map((fault) => clip(formatIssues([fault]), 160));
  return `${listed.join(', or ')}${faults.length > listed.length ? ', or …' : ''}`;
}
