import { compileUriTemplate } from '@switchyard/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '../config/parse.ts';
import { ConfigError } from '../config/problem.ts';
import type { FederationConfig } from './config.ts';
import { Qualifier } from './qualifier.ts';

function federate(prefixes: Readonly<Record<string, string | undefined>>, federation: FederationConfig = {}) {
  const servers = Object.fromEntries(
    Object.entries(prefixes).map(([name, prefix]) => [
      name,
      { replicas: ['http://h/'], ...(prefix === undefined ? {} : { prefix }) },
    ]),
  );
  const plan = planOf({ federation, servers }).federation;
  if (plan === undefined) throw new Error('there is a federation');
  return new Qualifier(plan);
}

const MANY = federate({ a: undefined, 'a.b': undefined, B_c: undefined, '9x': undefined, plain: '' });

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('a', 'b', '_', '__', '.', '+', ':', '/', 'ui://', '{x}', '~') }),
);
const member = fc.constantFrom(...MANY.plan.members);

describe('names and URIs', () => {
  it('come back to the server they are of, as they were, or are not offered', () => {
    fc.assert(
      fc.property(member, text, (one, name) => {
        const there = MANY.resolveName(MANY.qualify(one, name));
        if (MANY.faultOf(one, name) === undefined) expect(there).toEqual({ member: one, name });
        if (one.prefix !== '') expect(MANY.faultOf(one, name)).not.toBe('shadowed');
        const uri = MANY.resolveUri(MANY.qualifyUri(one, name));
        if (MANY.uriFaultOf(one, name) === undefined) expect(uri).toEqual({ member: one, name });
        if (one.prefix !== '') expect(MANY.uriFaultOf(one, name)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('are never the same for two servers', () => {
    fc.assert(
      fc.property(member, text, member, text, (one, name, other, second) => {
        fc.pre(one !== other);
        const faultless = MANY.faultOf(one, name) === undefined && MANY.faultOf(other, second) === undefined;
        if (faultless) expect(MANY.qualify(one, name)).not.toBe(MANY.qualify(other, second));
        const uris = MANY.uriFaultOf(one, name) === undefined && MANY.uriFaultOf(other, second) === undefined;
        if (uris) expect(MANY.qualifyUri(one, name)).not.toBe(MANY.qualifyUri(other, second));
      }),
      { numRuns: 2000 },
    );
  });

  it('keep what hosts look for, and stay URIs', () => {
    const [a, dotted, mixed, digit, plain] = MANY.plan.members;
    if (!a || !dotted || !mixed || !digit || !plain) throw new Error('there are five');
    expect(MANY.qualifyUri(a, 'ui://app/main')).toBe('ui://a/app/main');
    expect(MANY.qualifyUri(mixed, 'file:///x')).toBe('b-c+file:///x');
    expect(MANY.qualifyUri(digit, 'git+https://h/x')).toBe('s9x+git+https://h/x');
    expect(MANY.qualifyUri(plain, 'file:///x')).toBe('file:///x');
    expect(MANY.qualify(mixed, 'x')).toBe('B_c__x');
    for (const uri of ['a+file:///x', 'b-c+file:///x', 's9x+git+https://h/x'])
      expect(URL.canParse(uri)).toBe(true);
    expect(MANY.uriFaultOf(plain, 'ui://a/x')).toBe('shadowed');
    expect(MANY.faultOf(plain, 'a__x')).toBe('shadowed');
    expect(MANY.faultOf(a, 'x'.repeat(126))).toBe('too-long');
  });

  it.each([
    ['file:///items/{id}', { id: '7' }],
    ['ui://app/{view}', { view: 'main' }],
    ['{scheme}://x/{+path}', { scheme: 'https', path: 'a/b' }],
  ])('of templates match what the template gives: %s', (template, values) => {
    const [a] = MANY.plan.members;
    if (a === undefined) throw new Error('there is one');
    const qualified = compileUriTemplate(MANY.qualifyUri(a, template));
    expect(qualified.variables).toEqual(compileUriTemplate(template).variables);
    const expanded = qualified.expand(values);
    expect(qualified.match(expanded)).toEqual(values);
    expect(MANY.resolveUri(expanded)).toEqual({
      member: a,
      name: compileUriTemplate(template).expand(values),
    });
  });
});

describe('a configuration that cannot be resolved', () => {
  it.each([
    [{ a: 'x', b: 'x' }, {}, 'has the prefix "x", which server "a" already has'],
    [{ a: 'x_y', b: 'x-y' }, {}, 'is the same in URIs as "x_y" of server "a"'],
    [{ a: '', b: '' }, {}, 'leaves its names unqualified, as server "a" does'],
    [{ a__b: undefined }, {}, 'needs a prefix for the federation'],
    [{ a: 'x_' }, {}, 'must not hold "__" or end with "_"'],
    [{ a: undefined }, { servers: ['b'] }, '"b" is not a server'],
    [{ a: undefined }, { path: '/servers/a/mcp' }, 'which server "a" already has'],
    [{ a: undefined }, { timeout: '0s' }, 'must be more than nothing'],
    [
      { a: undefined },
      { extensions: { nope: { server: 'a', methods: ['x/y'] } } },
      'is not the id of an extension',
    ],
    [
      { a: undefined },
      { extensions: { 'com.example/x': { server: 'b', methods: ['tools/list'] } } },
      'is not a server of the federation',
    ],
  ])('says what is wrong: %j %j', (prefixes, federation, message) => {
    expect(() => federate(prefixes, federation)).toThrow(ConfigError);
    expect(() => federate(prefixes, federation)).toThrow(message);
  });

  it('has no prefix where there is no federation', () => {
    const config = { servers: { a: { replicas: ['http://h/'], prefix: 'x' } } };
    expect(() => planOf(config)).toThrow('servers.a.prefix needs a federation');
  });
});
