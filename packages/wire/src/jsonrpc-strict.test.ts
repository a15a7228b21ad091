import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage, parseMessageStrict } from './index.ts';

const wrap = (params: string): string => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

describe('parseMessageStrict', () => {
  it.each([
    ['at the top', '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}'],
    ['of the id', '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}'],
    ['in params', wrap('{"name":"a","name":"b"}')],
    ['deep within', wrap('{"arguments":{"x":[1,{"y":{"z":1,"z":1}}]}}')],
    ['by escape', wrap('{"name":"a","n\\u0061me":"b"}')],
    ['behind an object', wrap('{"a":{"b":[{}]},"c":"}","a":1}')],
    ['of an empty name', wrap('{"arguments":{"":1,"":2}}')],
    ['of a name full of quotes', wrap('{"\\"\\\\":1,"\\"\\\\":2}')],
  ])('refuses a member twice %s, and gives no id', (_, text) => {
    expect(parseMessage(text).kind).toBe('request');
    const outcome = parseMessageStrict(text);
    expect(outcome).toMatchObject({ kind: 'error', rejection: { code: -32600, status: 400 } });
    expect(outcome).not.toHaveProperty('id');
  });

  it.each([
    ['of the method', '{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"tools/call"}'],
    ['of the tool', wrap('{"Name":"b"}')],
    ['of the arguments', wrap('{"name":"a","ARGUMENTS":{}}')],
    ['with the long s that some readers fold', wrap('{"name":"a","argument\u017f":{}}')],
    ['with the Kelvin sign that some readers fold', wrap('{"name":"a","ta\u212aid":"x","takid":"y"}')],
    ['of two that the protocol does not know', wrap('{"name":"a","extra":1,"Extra":2}')],
  ])('refuses a case variant %s', (_, text) => {
    expect(parseMessageStrict(text)).toMatchObject({ kind: 'error', rejection: { code: -32600 } });
  });

  it.each([
    wrap('{"name":"a","arguments":{"a":1,"A":2,"name":3,"Name":4}}'),
    wrap('{"name":"name","arguments":{"x":["name","name"],"y":"name"}}'),
    wrap('{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]}'),
    wrap('{ "name" : "a\\"b{\\\\" , "arguments" : { } }'),
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}',
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text"},{"type":"text"}]}}',
  ])('accepts %s', (text) => {
    expect(parseMessageStrict(text)).toEqual(parseMessage(text));
  });

  it('accepts whatever JSON.stringify writes, with any white space', () => {
    const args = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(args, fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(
          { jsonrpc: '2.0', id: 1, method: 'x', params: { arguments: value } },
          null,
          space,
        );
        expect(parseMessageStrict(text)).toEqual(parseMessage(text));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a doubled member wherever it is put', () => {
    const leaf = fc.tuple(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(
        leaf,
        fc.array(fc.constantFrom('list', 'object'), { maxLength: 6 }),
        ([key, value], path) => {
          const member = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
          const inner = path.reduce(
            (json, kind) => (kind === 'list' ? `[0,${json}]` : `{"k":${json}}`),
            `{${member},${member}}`,
          );
          expect(parseMessageStrict(wrap(`{"arguments":{"x":${inner}}}`)).kind).toBe('error');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses of params with any members just those that are alike, or alike but for their case', () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.constantFrom('name', 'Name', 'uri', 'taskId', 'taskid', 'arguments', '_meta'),
        fc.stringMatching(/^[abAB]{1,4}$/),
      ),
      { maxLength: 30 },
    );
    const known = ['_meta', 'name', 'uri', 'arguments', 'taskId'];
    fc.assert(
      fc.property(names, fc.boolean(), fc.nat(), (unique, twice, at) => {
        const again = unique[at % (unique.length || 1)];
        const all = twice && again !== undefined ? [...unique, again] : unique;
        const alike = new Set(all.map((name) => name.toLowerCase())).size < all.length;
        const misspelt = all.some((name) =>
          known.some((member) => member !== name && member.toLowerCase() === name.toLowerCase()),
        );
        const text = wrap(`{${all.map((name) => `${JSON.stringify(name)}:{"b":1,"B":2}`).join(',')}}`);
        expect(parseMessageStrict(text).kind).toBe(alike || misspelt ? 'error' : 'request');
      }),
      { numRuns: 500 },
    );
  });

  it('takes linear time for many members, with case and without', () => {
    const members = Array.from({ length: 100_000 }, (_, i) => `"${i % 2 ? 'a' : 'A'}${i}":${i}`);
    expect(parseMessageStrict(wrap(`{${members.join(',')}}`)).kind).toBe('request');
  });

  it('takes linear time for texts texts made of backslashes and quotes', () => {
    const text = wrap(JSON.stringify({ arguments: { x: '\\"'.repeat(500_000) } }));
    expect(parseMessageStrict(text).kind).toBe('request');
  });
});
