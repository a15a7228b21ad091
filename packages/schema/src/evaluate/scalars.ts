import { clip } from '../errors.ts';
import type { BuildCheck } from './builder.ts';
import { FORMATS } from './formats.ts';
import { canonicalText, shown, typeName } from './json-text.ts';
import type { Check } from './run.ts';

/** `type` (JSON Schema validation §6.1.1). */
export const type: BuildCheck = (schema) => {
  const expected = schema['type'];
  if (expected === undefined) return undefined;
  const types: readonly unknown[] = Array.isArray(expected) ? expected : [expected];
  const message = `expected ${types.join(' or ')}`;
  return (value, run) =>
    types.some((name) => isOfType(value, name)) || run.fail(`${message}, got ${typeName(value)}`);
};

/** `enum` and `const` (§6.1.2, §6.1.3). */
export const fixedValues: BuildCheck = (schema) => {
  const checks: Check[] = [];
  if (Array.isArray(schema['enum'])) checks.push(oneOfValues(schema['enum'], 'one of '));
  if (schema['const'] !== undefined) checks.push(oneOfValues([schema['const']], ''));
  return all(checks);
};

/** `minimum`, `maximum`, their exclusive forms, and `multipleOf` (§6.2). */
export const numbers: BuildCheck = (schema) => {
  const checks = NUMBER_RULES.flatMap(([keyword, expected, holds]) => {
    const limit = schema[keyword];
    if (typeof limit !== 'number') return [];
    const check: Check = (value, run) =>
      typeof value !== 'number' || holds(value, limit) || run.fail(`expected ${expected} ${limit}`);
    return [check];
  });
  return all(checks);
};

/** `minLength` and `maxLength`, in characters (§6.3). */
export const lengths: BuildCheck = (schema) => {
  const { minLength, maxLength } = schema;
  if (minLength === undefined && maxLength === undefined) return undefined;
  const least = Number(minLength ?? 0);
  const most = Number(maxLength ?? Number.POSITIVE_INFINITY);
  return (value, run) => {
    if (typeof value !== 'string') return true;
    run.spend(value.length / CHARACTERS_PER_STEP);
    const length = countCharacters(value);
    if (length < least) return run.fail(`expected at least ${characters(least)}`);
    return length <= most || run.fail(`expected at most ${characters(most)}`);
  };
};

/** `pattern` (§6.3.3). */
export const pattern: BuildCheck = (schema, builder) => {
  const text = schema['pattern'];
  if (typeof text !== 'string') return undefined;
  const matcher = builder.matcher(text);
  const message = `expected a string that matches ${clip(text, 100)}`;
  return (value, run) => {
    if (typeof value !== 'string') return true;
    run.spend(value.length * matcher.stepsPerCharacter);
    return matcher.test(value) || run.fail(message);
  };
};

/** `format` (§7), asserted where it is a known one and an annotation where not. */
export const format: BuildCheck = (schema) => {
  const name = schema['format'];
  const matches = typeof name === 'string' ? FORMATS.get(name) : undefined;
  if (matches === undefined) return undefined;
  return (value, run) => {
    if (typeof value !== 'string') return true;
    run.spend(value.length / CHARACTERS_PER_STEP);
    return matches(value) || run.fail(`expected a string in the format "${String(name)}"`);
  };
};

// ---------------------------------------------------------------------------------------------------------------------

const CHARACTERS_PER_STEP = 64;

const NUMBER_RULES: readonly (readonly [string, string, (value: number, limit: number) => boolean])[] = [
  ['minimum', 'a number of at least', (value, limit) => value >= limit],
  ['maximum', 'a number of at most', (value, limit) => value <= limit],
  ['exclusiveMinimum', 'a number above', (value, limit) => value > limit],
  ['exclusiveMaximum', 'a number below', (value, limit) => value < limit],
  ['multipleOf', 'a multiple of', (value, limit) => Number.isInteger(value / limit)],
];

/** Joins the checks of keywords that are built together. */
function all(checks: readonly Check[]): Check | undefined {
  const [first] = checks;
  if (checks.length <= 1) return first;
  return (value, run, seen) => {
    let valid = true;
    for (const check of checks) valid = check(value, run, seen) && valid;
    return valid;
  };
}

function isOfType(value: unknown, name: unknown): boolean {
  if (name === 'integer') return Number.isInteger(value);
  return typeName(value) === name;
}

function oneOfValues(values: readonly unknown[], lead: string): Check {
  const simple = new Set(values.filter((value) => !isComposite(value)));
  const texts = new Set(values.filter(isComposite).map(canonicalText));
  const message = `expected ${lead}${clip(values.map(shown).join(', '), 300)}`;
  return (value, run) => {
    if (!isComposite(value)) return simple.has(value) || run.fail(message);
    if (texts.size === 0) return run.fail(message);
    const text = canonicalText(value);
    run.spend(text.length / CHARACTERS_PER_STEP);
    return texts.has(text) || run.fail(message);
  };
}

function isComposite(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    const isPair =
      (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (isPair) count -= 1;
  }
  return count;
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}
