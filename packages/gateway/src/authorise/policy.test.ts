import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../identify/caller.ts';
import { ExpressionCompiler, isExpressionProblem } from './expression/compile.ts';
import { CallerFacts, type Facts, RequestFacts, ServerFacts, ToolFacts } from './facts.ts';
import { Policy } from './policy.ts';

const CALLER: Caller = {
  by: 'token',
  issuer: 'https://id.example',
  subject: 'ann',
  tenant: 'acme',
  scopes: ['read'],
  claims: { team: 'core', jti: '1' },
};

function facts(args?: Record<string, unknown>): Facts {
  const params = new Map<string, string>();
  return {
    caller: new CallerFacts(CALLER),
    request: new RequestFacts({
      method: 'tools/call',
      name: 'add',
      door: '/mcp',
      version: '2026-07-28',
      params,
    }),
    server: new ServerFacts({ name: 's', labels: { team: 'core' } }),
    tool: new ToolFacts('add', { readOnlyHint: true }),
    ...(args === undefined ? {} : { args }),
  };
}

function usesOf(when: string) {
  const expression = new ExpressionCompiler().compile(when);
  if (isExpressionProblem(expression)) throw new Error(expression.why);
  const { variables, callerFields, annotations, requestDetails } = expression.uses;
  return { variables: [...variables].sort(), callerFields: [...callerFields], annotations, requestDetails };
}

const deny = (when: string) => ({ name: `deny ${when}`, effect: 'deny' as const, when });
const allow = (when: string) => ({ name: `allow ${when}`, effect: 'allow' as const, when });
const policyOf = (...rules: (ReturnType<typeof deny> | ReturnType<typeof allow>)[]) =>
  new Policy({ default: 'deny', rules, dryRun: false, body: 'as-needed' });

describe('what an expression looks at', () => {
  it('is known before it runs', () => {
    expect(usesOf('caller.scopes.exists(s, s == "a") && tool.name == "x"')).toEqual({
      variables: ['caller', 's', 'tool'],
      callerFields: ['scopes'],
      annotations: false,
      requestDetails: false,
    });
    expect(usesOf('caller.claims.team == "x" || caller.claims["a"] == 1')).toMatchObject({
      callerFields: ['claims.team', 'claims'],
    });
    expect(usesOf('tool.annotations.readOnlyHint && request.params["a"] == "1"')).toMatchObject({
      annotations: true,
      requestDetails: true,
    });
    expect(usesOf('cel.bind(c, caller, c.by == "token")')).toMatchObject({ callerFields: ['*'] });
    expect(usesOf('[args].size() == 1').variables).toEqual(['args']);
  });
});

describe('a verdict', () => {
  it('is open only where what is not known could change it', () => {
    const outcome = (policy: Policy) => policy.judge(facts()).outcome;
    expect(outcome(policyOf(allow('args.x == 1')))).toBe('open');
    expect(outcome(policyOf(allow('args.x == 1'), allow('true')))).toBe('allowed');
    expect(outcome(policyOf(allow('false && args.x == 1')))).toBe('denied');
    expect(outcome(policyOf(allow('true'), deny('args.x == 1')))).toBe('open');
    expect(outcome(policyOf(allow('true'), deny('args.x == 1'), deny('true')))).toBe('denied');
    expect(outcome(policyOf(allow('false'), deny('args.x == 1')))).toBe('denied');
  });

  it('is never open once everything is known', () => {
    const words = fc.constantFrom(
      'true',
      'false',
      'args.x == 1',
      'has(args.x)',
      'args.x.y == 1',
      'tool.name == "add"',
      'caller.claims.none == 1',
    );
    const when = fc
      .array(fc.tuple(words, fc.constantFrom('&&', '||')), { minLength: 1, maxLength: 4 })
      .map((parts) =>
        parts.map(([word, join], i) => (i === 0 ? `(${word})` : `${join} (${word})`)).join(' '),
      );
    const rules = fc.array(
      fc.oneof(when.map(deny), when.map(allow)).map((rule) => rule),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(rules, fc.constantFrom({}, { x: 1 }, { x: { y: 1 } }), (all, args) => {
        const policy = policyOf(...all.map((rule, i) => ({ ...rule, name: `${i}` })));
        const before = policy.judge(facts()).outcome;
        const after = policy.judge(facts(args)).outcome;
        expect(after).not.toBe('open');
        if (before !== 'open') expect(after).toBe(before);
      }),
    );
  });
});

describe('the key of a caller', () => {
  it('is equal for all whom no rule tells apart', () => {
    const policy = policyOf(allow('caller.claims.team == "core" && "read" in caller.scopes'));
    const key = policy.callerKey(CALLER);
    expect(policy.callerKey({ ...CALLER, subject: 'bob', claims: { team: 'core', jti: '2' } })).toBe(key);
    expect(policy.callerKey({ ...CALLER, claims: { team: 'other' } })).not.toBe(key);
    expect(policy.callerKey({ ...CALLER, scopes: [] })).not.toBe(key);
    expect(policyOf(allow('caller.subject == "ann"')).callerKey({ ...CALLER, subject: 'bob' })).not.toBe(
      policyOf(allow('caller.subject == "ann"')).callerKey(CALLER),
    );
  });
});
