import { type BuildCheck, type Builder, nodes } from './builder.ts';
import { canonicalText } from './json-text.ts';
import type { Node, Run } from './run.ts';

/** `minItems`, `maxItems` and `uniqueItems` (JSON Schema validation §6.4). */
export const counts: BuildCheck = (schema) => {
  const { minItems, maxItems, uniqueItems } = schema;
  if (minItems === undefined && maxItems === undefined && uniqueItems !== true) return undefined;
  const least = Number(minItems ?? 0);
  const most = Number(maxItems ?? Number.POSITIVE_INFINITY);
  return (value, run) => {
    if (!Array.isArray(value)) return true;
    let valid = true;
    if (value.length < least) valid = run.fail(`expected at least ${items(least)}`);
    if (value.length > most) valid = run.fail(`expected at most ${items(most)}`);
    return (uniqueItems === true ? allDifferent(value, run) : true) && valid;
  };
};

/** `prefixItems` and `items`, or `items` and `additionalItems` of draft-07 (JSON Schema core §10.3.1). */
export const itemSchemas: BuildCheck = (schema, builder) => {
  const { prefix, rest } = itemRules(schema, builder);
  if (prefix.length === 0 && rest === undefined) return undefined;
  return (value, run, seen) => {
    if (!Array.isArray(value)) return true;
    const looked = rest === undefined ? Math.min(prefix.length, value.length) : value.length;
    seen?.addFirstItems(looked);
    let valid = true;
    for (let index = 0; index < looked; index += 1) {
      // Always present below `looked`; a trailing `true` is the schema of whatever no keyword restricts.
      const node = prefix[index] ?? rest ?? true;
      run.spend(typeof node === 'boolean' ? 1 : 0);
      if (run.applyInside(index, node, value[index])) continue;
      valid = false;
      if (!run.collects) return false;
    }
    return valid;
  };
};

/** `contains`, `minContains` and `maxContains` (core §10.3.1.3; validation §6.4.4, §6.4.5). */
export const contains: BuildCheck = (schema, builder) => {
  if (schema['contains'] === undefined) return undefined;
  const node = builder.node(schema['contains']);
  const counted = builder.dialect === '2020-12';
  const least = Number((counted ? schema['minContains'] : undefined) ?? 1);
  const most = Number((counted ? schema['maxContains'] : undefined) ?? Number.POSITIVE_INFINITY);
  return (value, run, seen) => {
    if (!Array.isArray(value)) return true;
    let found = 0;
    for (const [index, item] of value.entries()) {
      run.spend(1);
      if (!run.applyQuietly(node, item)) continue;
      found += 1;
      seen?.addItem(index);
    }
    if (found < least)
      return run.fail(`expected at least ${items(least)} as "contains" describes, found ${found}`);
    return (
      found <= most || run.fail(`expected at most ${items(most)} as "contains" describes, found ${found}`)
    );
  };
};

/** `unevaluatedItems` (core §11.2). */
export const unevaluatedItems: BuildCheck = (schema, builder) => {
  if (schema['unevaluatedItems'] === undefined) return undefined;
  const node = builder.node(schema['unevaluatedItems']);
  return (value, run, seen) => {
    if (!Array.isArray(value)) return true;
    let valid = true;
    for (const [index, item] of value.entries()) {
      run.spend(1 / 16);
      if (seen?.hasItem(index)) continue;
      run.spend(1);
      if (!run.applyInside(index, node, item)) valid = false;
    }
    seen?.addFirstItems(value.length);
    return valid;
  };
};

// ---------------------------------------------------------------------------------------------------------------------

interface ItemRules {
  readonly prefix: readonly Node[];
  readonly rest: Node | undefined;
}

function itemRules(schema: Parameters<BuildCheck>[0], builder: Builder): ItemRules {
  const { prefixItems, items: rest, additionalItems } = schema;
  const optional = (value: unknown) => (value === undefined ? undefined : builder.node(value));
  if (builder.dialect === '2020-12') return { prefix: nodes(prefixItems, builder), rest: optional(rest) };
  if (Array.isArray(rest)) return { prefix: nodes(rest, builder), rest: optional(additionalItems) };
  return { prefix: [], rest: optional(rest) };
}

function allDifferent(value: readonly unknown[], run: Run): boolean {
  const known = new Map<string, number>();
  for (const [index, item] of value.entries()) {
    const text = canonicalText(item);
    run.spend(1 + text.length / 64);
    const first = known.get(text);
    if (first !== undefined) return run.fail(`expected different items, but ${first} and ${index} are equal`);
    known.set(text, index);
  }
  return true;
}

function items(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}
