import { describe, expect, it } from 'vitest';
import { readCitations } from './citations.mjs';

const prefixes = new Set(['BASE', 'HTTP']);
const ids = (source: string) => readCitations(source, prefixes).map((citation) => citation.id);

describe('readCitations', () => {
  const read: [string, string, string[]][] = [
    ['single quotes', `it('refuses a batch [BASE-003] [HTTP-004]', () => {});`, ['BASE-003', 'HTTP-004']],
    ['double quotes', `test("a [BASE-001]", () => {});`, ['BASE-001']],
    ['an escaped quote', `test('it\\'s [BASE-001]', () => {});`, ['BASE-001']],
    [
      'a template with holes',
      `it(\`\${a} [BASE-001] \${b.c(\`x\`)} [HTTP-002]\`, () => {});`,
      ['BASE-001', 'HTTP-002'],
    ],
    ['a literal in a hole', `it(\`\${'[BASE-001]'} x\`, () => {});`, ['BASE-001']],
    ['a sum', `it('a ' + name + ' [BASE-001]', () => {});`, ['BASE-001']],
    [
      'describe and nesting',
      `describe('[BASE-001]', () => { it('[BASE-002]', () => {}); });`,
      ['BASE-001', 'BASE-002'],
    ],
    ['each with a table', `it.each<[string]>([['a']])('%s [BASE-001]', () => {});`, ['BASE-001']],
    ['each with a tagged template', `test.each\`a\\n\${1}\`("$a [BASE-001]", () => {});`, ['BASE-001']],
    ['for', `it.for([1])('%i [BASE-001]', () => {});`, ['BASE-001']],
    ['modifiers', `it.concurrent.only('[BASE-001]', () => {});`, ['BASE-001']],
    [
      'conditions',
      `it.skipIf(x)('[BASE-001]', f); describe.runIf(x)('[BASE-002]', f);`,
      ['BASE-001', 'BASE-002'],
    ],
    ['an alias', `import { it as check } from 'vitest'; check('[BASE-001]', () => {});`, ['BASE-001']],
    ['a call inside a function', `function suite() { it('[BASE-001]', () => {}); }`, ['BASE-001']],
    [
      'TypeScript around it',
      `const f = <T,>(x: T): void => { it('[BASE-001]', () => { x satisfies T; }); };`,
      ['BASE-001'],
    ],
  ];
  it.each(read)('reads titles in %s', (_name, source, expected) => {
    expect(ids(source)).toEqual(expected);
  });

  const passedOver: [string, string][] = [
    ['a line comment', `// it('[BASE-001]', () => {});`],
    ['a block comment', `/* it('[BASE-001]', () => {}); */`],
    ['a string elsewhere', `const s = "it('[BASE-001]')";`],
    ['the body of a test', `it('x', () => { expect('[BASE-001]').toBe(y); });`],
    ['the table of each', `it.each([['[BASE-001]']])('%s', () => {});`],
    ['other functions', `log('[BASE-001]'); suite.it2('[BASE-001]'); regex.test('[BASE-001]');`],
    ['a skipped test', `it.skip('[BASE-001]', () => {});`],
    ['a test to do', `it.todo('[BASE-001]');`],
    ['a test expected to fail', `it.fails('[BASE-001]', () => {});`],
    ['a test switched off by its options', `it('[BASE-001]', { skip: true }, () => {});`],
    ['a test in a skipped group', `describe.skip('x', () => { it('[BASE-001]', () => {}); });`],
    ['a skipped table', `it.skip.each([1])('[BASE-001]', () => {});`],
    ['brackets that are no ids', `it('speaks [UTF-8], [RFC-9110] and [base-001]', () => {});`],
  ];
  it.each(passedOver)('passes over %s', (_name, source) => {
    expect(ids(source)).toEqual([]);
  });

  it('reads ids with a slip in them, so that they are refused', () => {
    expect(ids(`it('[BASE-12] [TOOLS-001]', () => {});`)).toEqual(['BASE-12', 'TOOLS-001']);
  });

  it('throws on a source that does not parse', () => {
    expect(() => ids('it(')).toThrow();
  });
});
