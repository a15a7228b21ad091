import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';

function problems(...rules: readonly string[]): readonly string[] {
  const text = `servers: { s: { replicas: [http://h/] } }\npolicy:\n  default: deny\n  rules:\n${rules.map((rule, i) => `    - { name: r${i}, effect: allow, when: ${JSON.stringify(rule)} }\n`).join('')}`;
  try {
    parseConfig(text, { file: 'g.yaml' });
    return [];
  } catch (error) {
    return String((error as Error).message).split('\n');
  }
}

describe('a rule is checked when it is loaded', () => {
  it.each([
    ['caller.tenat == "x"', 'column 8 of the expression) cannot be used: No such key: tenat'],
    ['tool.name = "x"', 'column 11 of the expression) cannot be used: '],
    ['user.name == "x"', 'column 1 of the expression) cannot be used: Unknown variable: user'],
    ['caller.scopes + 1 == 2', 'cannot be used: no such overload'],
    ['caller.by', 'is a string; expected a bool'],
    ['tool.annotations.readonlyHint', 'No such key: readonlyHint'],
    ['request.name.matches("(?=a)")', 'column 22 of the expression) has a pattern that cannot be used: '],
    ['request.name.matches(caller.subject)', 'has a pattern of matches() that is not a literal text'],
    [
      'args.a.all(x, args.b.all(y, args.c.all(z, x == y && y == z)))',
      'goes through lists within lists deeper than 2',
    ],
    [`${'(('.repeat(40)}true${'))'.repeat(40)}`, 'cannot be used: '],
    [Array.from({ length: 300 }, () => 'true').join(' && '), 'cannot be used: '],
  ])('%s', (when, message) => {
    const found = problems(when);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('g.yaml:5:');
    expect(found[0]).toContain('policy.rules[0].when (rule "r0", ');
    expect(found[0]).toContain(message);
  });

  it('and every problem is reported, with its line where there are several', () => {
    const found = problems('true', 'caller.by ==\n  nope', '1');
    expect(found).toHaveLength(2);
    expect(found[0]).toContain('(rule "r1", line 2, column 3 of the expression)');
  });

  it('as are names that stand twice and rules that never decide', () => {
    const text = `servers: { s: { replicas: [http://h/] } }
policy:
  default: allow
  rules:
    - { name: a, effect: deny, when: "true" }
    - { name: a, effect: deny, when: "false" }
    - { name: b, effect: allow, when: "true" }`;
    expect(() => parseConfig(text)).toThrow(/6:\d+: .*"a", which another rule has\n7:\d+: .*allows already/);
  });

  it('and what is fit for use is used', () => {
    expect(
      problems(
        '"admin" in caller.scopes && server.labels.team == "core"',
        'has(caller.claims.team) && caller.claims.team.lowerAscii() == "core"',
        'args.names.all(n, n.startsWith("a")) && cel.bind(x, args.y, x > 1)',
        'request.name.matches("^[a-z]+$") || (caller.subject).matches("b")',
      ),
    ).toEqual([]);
  });
});
