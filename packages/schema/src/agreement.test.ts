import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWithAjv } from './ajv.ts';
import { DEFAULT_BOUNDS } from './bounds.ts';
import { analyse } from './check.ts';
import { createEvaluator } from './evaluate/evaluator.ts';
import { toLinearPattern } from './evaluate/linear-pattern.ts';
import { linearMatchers } from './evaluate/matcher.ts';
import type { JsonSchema } from './index.ts';

describe('the evaluator and ajv', () => {
  it('agree on values and schemas at random, and what one refuses the other explains', async () => {
    const verdicts = { yes: 0, no: 0 };
    await fc.assert(
      fc.asyncProperty(
        anySchema(),
        fc.array(anyValue(), { minLength: 1, maxLength: 8 }),
        async (schema, values) => {
          const graph = analyse(schema, DEFAULT_BOUNDS);
          const evaluator = createEvaluator(graph);
          const generated = await compileWithAjv(graph);
          if (generated === undefined) return;
          for (const value of values) {
            const verdict = evaluator.validate(value);
            verdicts[verdict.ok ? 'yes' : 'no'] += 1;
            expect(verdict).toEqual(generated(value));
            if (!verdict.ok)
              expect(verdict.issues[0]?.message).not.toBe('the value does not match the schema');
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(Math.min(verdicts.yes, verdicts.no)).toBeGreaterThan(100);
  });
});

describe('a pattern in linear time', () => {
  it('means what it means to the runtime', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPattern(),
        fc.array(anyText(), { minLength: 1, maxLength: 10 }),
        async (pattern, texts) => {
          const matcher = (await linearMatchers(analyse({ pattern }, DEFAULT_BOUNDS)))(pattern);
          const expression = new RegExp(pattern, 'u');
          // V8 finds `\B` between the halves of a surrogate pair.
          const comparable = texts.filter((text) => !(pattern.includes('\\B') && text.includes('😀')));
          for (const text of comparable)
            expect([text, matcher.test(text)]).toEqual([text, expression.test(text)]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ['^[\\w.-]+$', 'a-b.c', 'a b'],
    ['^\\p{Script=Greek}+$', 'αβγ', 'abc'],
    ['^\\p{Lu}\\p{Lowercase_Letter}$', 'Ab', 'aB'],
    ['^(?<year>\\d{4})-\\d\\d$', '2026-07', '2026-7'],
    ['^\\u{1F600}\\ud83d\\ude00$', '😀😀', '😀'],
    ['^[^]$', '\n', ''],
    ['^.$', 'é', '\u2028'],
    ['^[\\s\\S]{2}$', 'a\u00a0', 'a'],
    ['^\\/[\\]\\[^]$', '/^', '/'],
    ['^\\cJ\\x41\\0$', '\nA\0', '\nA0'],
    ['^a{2,}b{1,2}?c{0}$', 'aab', 'ab'],
    ['^{x}$', '{x}', 'x'],
  ])('%s accepts %j and not %j', async (pattern, good, bad) => {
    const matcher = (await linearMatchers(analyse({ pattern }, DEFAULT_BOUNDS)))(pattern);
    expect([matcher.test(good), matcher.test(bad)]).toEqual([true, false]);
  });

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?<!a)b',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '(?i)a',
    '\\Aa',
    '\\Qa\\E',
    '[[:alpha:]]\\z',
  ])('refuses %s, which has no counterpart', (pattern) => {
    expect(toLinearPattern(pattern)).toBeUndefined();
  });

  it.each([
    ['abc', 4],
    ['a{100}', 101],
    ['(ab){10}', 21],
    ['((a{10}){10}){10}', 1_001],
    ['[a-z]+|\\d*', 4],
  ])('estimates the states of %s as %i', (pattern, size) => {
    expect(toLinearPattern(pattern)?.size).toBe(size);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

const NAMES = ['a', 'b', 'ab', 'constructor', 'valueOf', ''];

function anyValue(): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom<unknown>(null, true, 0, 1, 1.5, -3, '', 'a', 'ab', 'aab', '💩', 'a@b.co', '2020-01-01'),
      fc.array(tie('value'), { maxLength: 3 }),
      // As JSON gives them: with the prototype of every object.
      fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value;
}

function anySchema(): fc.Arbitrary<JsonSchema> {
  const count = fc.integer({ min: 0, max: 3 });
  const names = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 });
  return fc.letrec<{ schema: JsonSchema; sub: unknown }>((tie) => {
    const sub = tie('sub');
    const list = fc.array(sub, { minLength: 1, maxLength: 3 });
    const map = fc.dictionary(fc.constantFrom(...NAMES), sub, { maxKeys: 2 });
    const keywords: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
      [
        'type',
        fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'boolean', 'null', [
          'string',
          'object',
        ]),
      ],
      ['enum', fc.array(anyValue(), { minLength: 1, maxLength: 3 })],
      ['const', anyValue()],
      ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minimum'].map(
        (keyword) => [keyword, count] as const,
      ),
      ['multipleOf', fc.constantFrom(1, 0.5, 2)],
      ['pattern', fc.constantFrom('^a', 'b$', 'a.b', '^$')],
      ['format', fc.constantFrom('email', 'date', 'colour')],
      ['uniqueItems', fc.boolean()],
      ['required', names],
      ['dependentRequired', fc.dictionary(fc.constantFrom(...NAMES), names, { maxKeys: 2 })],
      ...['properties', 'dependentSchemas'].map((keyword) => [keyword, map] as const),
      ['patternProperties', fc.dictionary(fc.constantFrom('^a', 'b'), sub, { maxKeys: 2 })],
      ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((keyword) => [keyword, list] as const),
      ...['not', 'if', 'then', 'else', 'items', 'contains', 'additionalProperties', 'propertyNames'].map(
        (keyword) => [keyword, sub] as const,
      ),
    ];
    const entries = keywords.map(([keyword, value]) => value.map((made) => [keyword, made] as const));
    return {
      schema: fc
        .array(fc.oneof(...entries), { minLength: 1, maxLength: 4 })
        .map((members): JsonSchema => Object.fromEntries(members)),
      sub: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.boolean(), tie('schema')),
    };
  }).schema;
}

function anyPattern(): fc.Arbitrary<string> {
  const atom = fc.constantFrom(
    ...[
      'a',
      'b',
      '.',
      '\\d',
      '\\D',
      '\\w',
      '\\W',
      '\\s',
      '\\S',
      '\\b',
      '\\B',
      '[ab]',
      '[^ab]',
      '[^\\s]',
      '[\\S]',
    ],
    ...[
      '[a-c1-3]',
      '[\\d\\s-]',
      '\\u00e9',
      '\\x61',
      '\\t',
      '\\n',
      '\\.',
      '\\/',
      '[.]',
      '[^]',
      '[]',
      'é',
      '😀',
      '\\p{L}',
    ],
    ...['\\P{Letter}', '[\\p{Lu}_]', '^', '$'],
  );
  const isAssertion = (text: string) => ['^', '$', '\\b', '\\B'].includes(text);
  return fc.letrec<{ pattern: string; term: string }>((tie) => ({
    pattern: fc.array(tie('term'), { minLength: 1, maxLength: 4 }).map((terms) => terms.join('')),
    term: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc
        .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}', '+?'))
        .map(([text, quantifier]) => (isAssertion(text) ? text : text + quantifier)),
      fc
        .tuple(tie('pattern'), tie('pattern'), fc.constantFrom('', '?', '{2}'))
        .map(([left, right, quantifier]) => `(?:${left}|(${right}))${quantifier}`),
    ),
  })).pattern;
}

function anyText(): fc.Arbitrary<string> {
  const character = fc.constantFrom(
    'a',
    'b',
    'c',
    '1',
    ' ',
    '_',
    'A',
    'é',
    '😀',
    '\n',
    '\u2028',
    '\u00a0',
    '\ufeff',
    '\u0130',
    '/',
  );
  return fc.array(character, { maxLength: 6 }).map((characters) => characters.join(''));
}
