import { META, parseMessageStrict } from '@switchyard/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead } from '../accept/head.ts';
import { isRefusal } from '../refusal.ts';
import { KnownMessages } from './known-messages.ts';
import { readMessage } from './read-message.ts';

const HEAD = readHead(['mcp-protocol-version', '2026-07-28', 'mcp-method', 'tools/list']);
const META_TEXT = JSON.stringify({ [META.protocolVersion]: '2026-07-28', [META.clientCapabilities]: {} });

const known = new KnownMessages();

/** What the gateway reads in a body; `undefined` where it refuses it. */
function read(body: string) {
  const message = readMessage(Buffer.from(body), HEAD, known);
  return isRefusal(message) ? undefined : message.request;
}

/** What the body says, read for itself alone. */
function said(body: string) {
  const outcome = parseMessageStrict(body);
  return outcome.kind === 'request' ? outcome.message : undefined;
}

const nothing = fc.constant('');
const number = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom(
    '0',
    '00',
    '01',
    '-1',
    '1.5',
    '1e3',
    '1 ',
    '999999999999999',
    '9007199254740993',
    '"1"',
    'null',
  ),
);
/** Members that have an id of their own, or look as if they had. */
const decoy = fc.constantFrom(
  ...[
    '"x":{"id":1}',
    '"id":7',
    '"a\\"id":8',
    '"\\u0069d":9',
    '"x":"\\"id\\":3,"',
    '"x":[{"id":4}]',
    '"id" :5',
  ],
);
const members = fc.record({
  id: fc.tuple(fc.constantFrom('"id":', '"id": ', '"id" :'), number).map((parts) => parts.join('')),
  method: fc.constantFrom('"method":"tools/list"', '"method" : "tools/list"'),
  params: fc
    .tuple(fc.oneof(nothing, decoy), fc.oneof(nothing, fc.constant('"cursor":"é"')))
    .map((some) => `"params":{${[...some.filter(Boolean), `"_meta":${META_TEXT}`].join()}}`),
  more: fc.oneof(nothing, nothing, decoy, fc.constant('"rejection":{"status":200},"reason":"x"')),
});

/** Bodies that are alike but for what is drawn for their numbers. */
const alike = members.chain(({ id, method, params, more }) =>
  fc.record({
    order: fc.shuffledSubarray(['"jsonrpc":"2.0"', id, method, params, more], { minLength: 5 }),
    numbers: fc.array(number, { minLength: 3, maxLength: 6 }),
  }),
);

describe('a body that comes again with another number in it', () => {
  it('is read as it would be for itself alone, wherever the number stands', () => {
    let remembered = 0;
    const property = fc.property(alike, ({ order, numbers }) => {
      const body = `{${order.filter(Boolean).join()}}`;
      const places = [...body.matchAll(/"id" ?: ?\d+/g)];
      const bodies = [body, body, body].concat(
        places.flatMap(({ 0: found, index }) =>
          numbers.flatMap((other) => {
            const text = `${found.replace(/\d+$/, '')}${other}`;
            return Array.from(
              { length: 3 },
              () => body.slice(0, index) + text + body.slice(index + found.length),
            );
          }),
        ),
      );
      for (const each of bodies) {
        const request = read(each);
        expect(request).toEqual(said(each));
        if (Object.isFrozen(request?.params)) remembered += 1;
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect(remembered, 'some have been remembered').toBeGreaterThan(100);
  });

  it('has its own id, and params that nobody can change for another', () => {
    const body = (id: number) =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/list","params":{"a":{"b":[1]},"_meta":${META_TEXT}}}`;
    const requests = [1, 2, 3, 4].map((id) => read(body(id)));
    expect(requests.map((request) => request?.id)).toEqual([1, 2, 3, 4]);
    expect(requests[2]?.params).toBe(requests[3]?.params);
    const params = requests[3]?.params as { readonly a: { readonly b: number[] } } | undefined;
    expect(() => params?.a.b.push(2)).toThrow(TypeError);
  });

  it('is still held against the headers of its own request', () => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":${META_TEXT}}}`;
    for (let i = 0; i < 3; i++) expect(read(body)).toBeDefined();
    const other = readHead(['mcp-protocol-version', '2026-07-28', 'mcp-method', 'prompts/list']);
    expect(readMessage(Buffer.from(body), other, known)).toMatchObject({ rejection: { code: -32020 } });
  });

  it('is not remembered where it is long, and never beyond a bound', () => {
    const body = (id: number, cursor: string) =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/list","params":{"cursor":"${cursor}","_meta":${META_TEXT}}}`;
    for (let id = 0; id < 4; id++)
      expect(Object.isFrozen(read(body(id, 'x'.repeat(5000)))?.params)).toBe(false);
    for (let id = 0; id < 3; id++) read(body(id, 'first'));
    for (let n = 0; n < 2000; n++) for (let id = 0; id < 2; id++) read(body(id, `${n}${'y'.repeat(1000)}`));
    expect(Object.isFrozen(read(body(9, 'first'))?.params)).toBe(false);
  });
});

it('a request with the members of a refusal is none', () => {
  const body = `{"jsonrpc":"2.0","id":1,"rejection":{"status":200},"reason":"x","method":"tools/list","params":{"_meta":${META_TEXT}}}`;
  for (let i = 0; i < 3; i++) expect(read(body)).toMatchObject({ id: 1, method: 'tools/list', reason: 'x' });
});
