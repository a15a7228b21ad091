import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../test/text.ts';
import { compileUriTemplate } from './index.ts';

const match = (template: string, uri: string) => compileUriTemplate(template).match(uri);

describe('expand', () => {
  const values = {
    var: 'value',
    hello: 'Hello World!',
    path: '/foo/bar',
    empty: '',
    x: '1024',
    y: '768',
    list: ['red', 'green', 'blue'],
    none: [],
  };

  // RFC 6570, sections 1.2 and 3.2, levels 1 to 3 and the lists of level 4.
  it.each([
    ['{var}', 'value'],
    ['{hello}', 'Hello%20World%21'],
    ['{+var}', 'value'],
    ['{+hello}', 'Hello%20World!'],
    ['{+path}/here', '/foo/bar/here'],
    ['here?ref={+path}', 'here?ref=/foo/bar'],
    ['X{#var}', 'X#value'],
    ['X{#hello}', 'X#Hello%20World!'],
    ['map?{x,y}', 'map?1024,768'],
    ['{x,hello,y}', '1024,Hello%20World%21,768'],
    ['{+x,hello,y}', '1024,Hello%20World!,768'],
    ['{#x,hello,y}', '#1024,Hello%20World!,768'],
    ['{#path,x}/here', '#/foo/bar,1024/here'],
    ['X{.var}', 'X.value'],
    ['X{.x,y}', 'X.1024.768'],
    ['{/var}', '/value'],
    ['{/var,x}/here', '/value/1024/here'],
    ['{;x,y}', ';x=1024;y=768'],
    ['{;x,y,empty}', ';x=1024;y=768;empty'],
    ['{?x,y}', '?x=1024&y=768'],
    ['{?x,y,empty}', '?x=1024&y=768&empty='],
    ['?fixed=yes{&x}', '?fixed=yes&x=1024'],
    ['{&x,y,empty}', '&x=1024&y=768&empty='],
    ['{list}', 'red,green,blue'],
    ['{list*}', 'red,green,blue'],
    ['{+list*}', 'red,green,blue'],
    ['X{.list*}', 'X.red.green.blue'],
    ['{/list}', '/red,green,blue'],
    ['{/list*}', '/red/green/blue'],
    ['{?list}', '?list=red,green,blue'],
    ['{?list*}', '?list=red&list=green&list=blue'],
    ['{x,undef}', '1024'],
    ['{?x,undef}', '?x=1024'],
    ['{undef}', ''],
    ['{?undef,none}', ''],
    ['{/empty}', '/'],
  ])('%s gives %s', (template, uri) => {
    expect(compileUriTemplate(template).expand(values)).toBe(uri);
  });

  it('keeps what is encoded already under + and not elsewhere', () => {
    expect(compileUriTemplate('{+a}{#b}/{c}').expand({ a: '50%25%', b: '%zz', c: '50%25' })).toBe(
      '50%25%25#%25zz/50%2525',
    );
  });

  it('does not look up the prototype', () => {
    expect(compileUriTemplate('{toString}').expand({})).toBe('');
  });
});

describe('match', () => {
  it.each([
    ['test://static', 'test://static', {}],
    ['test://template/{id}/data', 'test://template/123/data', { id: '123' }],
    ['{a}', 'x%20y', { a: 'x y' }],
    ['{a}', '%E4%B8%96', { a: '世' }],
    ['file:///{+path}', 'file:///a/b/c.txt', { path: 'a/b/c.txt' }],
    ['{+a}/end', 'x/y/end/end', { a: 'x/y/end' }],
    ['{a}-{b}', 'x-y-z', { a: 'x-y', b: 'z' }],
    ['{a}{b}', 'xyz', { a: 'xy', b: 'z' }],
    ['{x,y}', '1,2', { x: '1', y: '2' }],
    ['{/a,b}/c', '/1/2/c', { a: '1', b: '2' }],
    ['f{.ext}', 'f.txt', { ext: 'txt' }],
    ['{a}{.ext}', 'x.tar.gz', { a: 'x.tar', ext: 'gz' }],
    ['x{;a,b}', 'x;a=1;b=2', { a: '1', b: '2' }],
    ['p{#f}', 'p#a/b?c', { f: 'a/b?c' }],
    ['s{?q,n}', 's', {}],
    ['s{?q,n}', 's?n=2&q=a%26b', { q: 'a&b', n: '2' }],
    ['s{?q}', 's?q', { q: '' }],
    ['s{?q}', 's?q=a=b', { q: 'a=b' }],
    ['s?k=1{&q}', 's?k=1&q=2', { q: '2' }],
    ['s?k={k}{&q}', 's?k=1&q=2', { k: '1', q: '2' }],
    ['s{?q}{&n}', 's?n=1&q=2', { q: '2', n: '1' }],
    ['s{?l*}', 's?l=1&l=2', { l: ['1', '2'] }],
    ['{/l*}', '/a/b%2Fc', { l: ['a', 'b/c'] }],
    ['{l*}', 'a,b', { l: ['a', 'b'] }],
    ['{+a}{?q}', 'x/y?q=1', { a: 'x/y', q: '1' }],
    ['{+a}', 'x/y?q=1', { a: 'x/y?q=1' }],
    ['s?k={+k}{&q}', 's?k=a/b&q=2', { k: 'a/b', q: '2' }],
  ])('%s takes %s', (template, uri, values) => {
    expect(match(template, uri)).toEqual(values);
  });

  it.each([
    ['test://static', 'test://static/'],
    ['users/{id}', 'users/'],
    ['users/{id}', 'users/1/2'],
    ['users/{id}', 'users/1?x'],
    ['users/{id}', 'users/1#x'],
    ['users/{id}', 'users/%zz'],
    ['users/{id}', 'users/%ff'],
    ['users/{id}', 'Users/1'],
    ['s{?q}', 's?x=1'],
    ['s{?q}', 's?q=1&q=2'],
    ['s{?q}', 's?q=1&'],
    ['s{?q}', 's?'],
    ['s{?q}', 's?q=1#f'],
    ['s{?q}', 's&q=1'],
    ['{x,y}', '1'],
    ['{/l*}', '/a?b'],
    ['s{?toString*}', 's?constructor=1'],
  ])('%s leaves %s', (template, uri) => {
    expect(match(template, uri)).toBeUndefined();
  });

  it('takes back what it expanded', () => {
    const text = anyText({ minLength: 1 });
    const template = compileUriTemplate('x://{a}/{b}{/c}/{+d}{?e,f*}');
    const values = fc.record(
      {
        a: text,
        b: text,
        c: text,
        d: fc.stringMatching(/^[a-z/]{1,9}[a-z]$/),
        e: anyText(),
        f: fc.array(text, { minLength: 1 }),
      },
      { requiredKeys: ['a', 'b', 'c', 'd'] },
    );
    fc.assert(
      fc.property(values, (given) => {
        expect(template.match(template.expand(given))).toEqual(given);
      }),
      { numRuns: 200 },
    );
  });

  it('takes back queries in any order', () => {
    const template = compileUriTemplate('x://y{?a,b,c*}');
    const text = anyText();
    fc.assert(
      fc.property(
        fc.record({ a: text, b: text, c: fc.array(text, { minLength: 1 }) }, { requiredKeys: [] }),
        (given) => {
          const uri = template.expand(given);
          const [start = '', query] = uri.split('?');
          expect(template.match(uri)).toEqual(given);
          if (query === undefined) return;
          const reversed = template.match(`${start}?${query.split('&').reverse().join('&')}`);
          expect(reversed).toEqual({
            ...given,
            ...(given.c === undefined ? {} : { c: [...given.c].reverse() }),
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes time in proportion to the length, whatever the template', () => {
    const many = compileUriTemplate(`${Array.from({ length: 200 }, (_, index) => `{+v${index}}`).join('')}!`);
    expect(many.match('a'.repeat(8192))).toBeUndefined();
    expect(many.match(`${'a'.repeat(8191)}!`)).toBeDefined();
    expect(compileUriTemplate('{+a}').match('a'.repeat(8193))).toBeUndefined();
  });
});

describe('compileUriTemplate', () => {
  it('names the variables in order', () => {
    expect(compileUriTemplate('a/{b}{?c.d,e*}{&f_1}').variables).toEqual(['b', 'c.d', 'e', 'f_1']);
  });

  it.each([
    '{',
    '}',
    'a{b',
    'a}b',
    '{}',
    '{a}}',
    '{{a}}',
    '{a b}',
    '{=a}',
    '{!a}',
    '{a:3}',
    '{a,}',
    '{a}{a}',
    '{a*}{?a}',
    '{;a*}',
    '{?q}/x',
    '{?q}{r}',
    '{?q}{?r}',
    '{__proto__}',
    '{é}',
    'x'.repeat(2049),
  ])('refuses %s', (template) => {
    expect(() => compileUriTemplate(template)).toThrow(TypeError);
  });
});
