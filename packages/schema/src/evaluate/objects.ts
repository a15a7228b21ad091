import { clip } from '../errors.ts';
import { isObject } from '../json-schema.ts';
import { type BuildCheck, type Matcher, nodeEntries } from './builder.ts';
import { hasMember } from './json-text.ts';
import type { Check, Node, Run } from './run.ts';
import type { Seen } from './seen.ts';

/** `required`, `minProperties`, `maxProperties` and `dependentRequired` (JSON Schema validation §6.5). */
export const presence: BuildCheck = (schema, builder) => {
  const { required, minProperties, maxProperties } = schema;
  const dependentRequired = builder.dialect === '2020-12' ? schema['dependentRequired'] : undefined;
  if ([required, minProperties, maxProperties, dependentRequired].every((keyword) => keyword === undefined)) {
    return undefined;
  }
  const names = toNames(required);
  const least = Number(minProperties ?? 0);
  const most = Number(maxProperties ?? Number.POSITIVE_INFINITY);
  const isCounted = least > 0 || most !== Number.POSITIVE_INFINITY;
  const dependent = dependentNames(dependentRequired);
  return (value, run) => {
    if (!isObject(value)) return true;
    run.spend((names.length + dependent.length) / MEMBERS_PER_STEP);
    let valid = requireMembers(value, run, { names });
    for (const [trigger, needed] of dependent) {
      if (hasMember(value, trigger)) valid = requireMembers(value, run, { names: needed, trigger }) && valid;
    }
    const count = isCounted ? Object.keys(value).length : 0;
    run.spend(count / MEMBERS_PER_STEP);
    if (count < least) valid = run.fail(`expected at least ${members(least)}`);
    if (count > most) valid = run.fail(`expected at most ${members(most)}`);
    return valid;
  };
};

/** `properties`, `patternProperties` and `additionalProperties`, which work together (JSON Schema core §10.3.2). */
export const properties: BuildCheck = (schema, builder) => {
  const { properties, patternProperties, additionalProperties } = schema;
  if (properties === undefined && patternProperties === undefined && additionalProperties === undefined) {
    return undefined;
  }
  const named = nodeEntries(properties, builder);
  const rules: MemberRules = {
    names: new Set(named.map(([name]) => name)),
    patterns: nodeEntries(patternProperties, builder).map(([text, node]) => [builder.matcher(text), node]),
    rest: additionalProperties === undefined ? undefined : builder.node(additionalProperties),
  };
  const looksAtAll = rules.patterns.length > 0 || rules.rest !== undefined;
  return (value, run, seen) => {
    if (!isObject(value)) return true;
    let valid = true;
    run.spend(named.length / MEMBERS_PER_STEP);
    for (const [name, node] of named) {
      if (!hasMember(value, name)) continue;
      seen?.addMember(name);
      if (run.applyInside(name, node, value[name])) continue;
      valid = false;
      if (!run.collects) return false;
    }
    return (looksAtAll ? checkMembers(value, rules, { run, seen }) : true) && valid;
  };
};

/** `propertyNames` (core §10.3.2.4). */
export const propertyNames: BuildCheck = (schema, builder) => {
  if (schema['propertyNames'] === undefined) return undefined;
  const node = builder.node(schema['propertyNames']);
  return (value, run) => {
    if (!isObject(value)) return true;
    return Object.keys(value).every((key) => {
      run.spend(1);
      const faults = run.applyAlternative(node, key);
      if (faults === undefined) return true;
      return run.fail(
        `the name of this property is not allowed: ${faults[0]?.message ?? 'it does not match'}`,
        clip(key, 100),
      );
    });
  };
};

/** `unevaluatedProperties` (core §11.3). */
export const unevaluatedProperties: BuildCheck = (schema, builder) => {
  if (schema['unevaluatedProperties'] === undefined) return undefined;
  const node = builder.node(schema['unevaluatedProperties']);
  return (value, run, seen) => {
    if (!isObject(value)) return true;
    let valid = true;
    for (const key of Object.keys(value)) {
      run.spend(1 / MEMBERS_PER_STEP);
      if (seen?.hasMember(key) || value[key] === undefined) continue;
      seen?.addMember(key);
      if (!applyRest(key, node, { value, run })) valid = false;
    }
    return valid;
  };
};

/** `dependencies`: each a schema or a list of names (draft-07 validation §6.5.7); 2020-12 still allows it. */
export const dependencies: BuildCheck = (schema, builder) => {
  const value = schema['dependencies'];
  if (!isObject(value)) return undefined;
  const checks = Object.entries(value).map(([trigger, dependency]): Check => {
    if (Array.isArray(dependency)) {
      const names = toNames(dependency);
      return (target, run) =>
        !isObject(target) || !hasMember(target, trigger) || requireMembers(target, run, { names, trigger });
    }
    const node = builder.node(dependency);
    return (target, run, seen) =>
      !isObject(target) || !hasMember(target, trigger) || run.apply(node, target, seen);
  });
  return (target, run, seen) => checks.every((check) => check(target, run, seen));
};

// ---------------------------------------------------------------------------------------------------------------------

/** Looking a member up takes less than visiting it. */
const MEMBERS_PER_STEP = 2;

interface MemberRules {
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly (readonly [Matcher, Node])[];
  readonly rest: Node | undefined;
}

function checkMembers(
  value: { [key: string]: unknown },
  rules: MemberRules,
  { run, seen }: { run: Run; seen: Seen | undefined },
): boolean {
  let valid = true;
  for (const key of Object.keys(value)) {
    if (value[key] === undefined) continue;
    let known = rules.names.has(key);
    for (const [matcher, node] of rules.patterns) {
      run.spend(1 + key.length * matcher.stepsPerCharacter);
      if (!matcher.test(key)) continue;
      known = true;
      seen?.addMember(key);
      if (!run.applyInside(key, node, value[key])) valid = false;
    }
    if (!known && rules.rest !== undefined) {
      seen?.addMember(key);
      if (!applyRest(key, rules.rest, { value, run })) valid = false;
    }
    if (!valid && !run.collects) return false;
  }
  return valid;
}

function applyRest(
  key: string,
  node: Node,
  { value, run }: { value: { [key: string]: unknown }; run: Run },
): boolean {
  if (node === false) return run.fail('expected no property of this name', clip(key, 100));
  run.spend(1);
  return run.applyInside(key, node, value[key]);
}

function requireMembers(
  value: { [key: string]: unknown },
  run: Run,
  { names, trigger }: { names: readonly string[]; trigger?: string },
): boolean {
  let valid = true;
  for (const name of names) {
    if (hasMember(value, name)) continue;
    const reason = trigger === undefined ? '' : `, since there is "${clip(trigger, 100)}"`;
    valid = run.fail(`expected a property "${clip(name, 100)}"${reason}`);
    if (!run.collects) break;
  }
  return valid;
}

function dependentNames(value: unknown): readonly (readonly [string, readonly string[]])[] {
  return isObject(value) ? Object.entries(value).map(([trigger, names]) => [trigger, toNames(names)]) : [];
}

function toNames(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function members(count: number): string {
  return count === 1 ? '1 property' : `${count} properties`;
}
