import { JSONRPCMessageSchema } from '@modelcontextprotocol/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkParsed,
  ERRORS,
  errorMessage,
  notificationMessage,
  type ParseOutcome,
  parseMessage,
  parseMessageStrict,
  reject,
  requestMessage,
  resultMessage,
} from './index.ts';

const request = (members: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', ...members });
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

function refusal(outcome: ParseOutcome): { code: number; status: number; message: string; id: unknown } {
  if (outcome.kind !== 'error') throw new Error(`accepted as ${outcome.kind}`);
  const { code, status, message } = outcome.rejection;
  return { code, status, message, id: outcome.id };
}

describe('parseMessage accepts', () => {
  it('requests, from text and from bytes', () => {
    const text = request({ params: { cursor: 'é世界🎉' } });
    for (const input of [text, new TextEncoder().encode(text)]) {
      expect(parseMessage(input)).toEqual({ kind: 'request', message: JSON.parse(text) });
    }
  });

  it.each(['', 'abc', '0', 0, -5, 2 ** 53 - 1, -(2 ** 53) + 1])('the id %j', (id) => {
    expect(parseMessage(request({ id }))).toMatchObject({ kind: 'request', message: { id } });
  });

  it('notifications', () => {
    expect(
      parseMessage('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}').kind,
    ).toBe('notification');
  });

  it('results and errors', () => {
    expect(parseMessage('{"jsonrpc":"2.0","id":1,"result":{}}')).toEqual({
      kind: 'response',
      message: { jsonrpc: '2.0', id: 1, result: {} },
    });
    expect(parseMessage('{"jsonrpc":"2.0","id":"a","error":{"code":-32602,"message":"no"}}').kind).toBe(
      'response',
    );
  });

  it('an error whose id is null, as JSON-RPC has it, and drops the id', () => {
    expect(parseMessage('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}')).toEqual({
      kind: 'response',
      message: { jsonrpc: '2.0', error: { code: -32700, message: 'no' } },
    });
  });

  it('members that only look like poison', () => {
    const params = { constructor: 'x', arguments: { constructor: { name: 'y' }, prototype: {} } };
    expect(parseMessage(request({ params })).kind).toBe('request');
  });
});

describe('parseMessage refuses', () => {
  const cases: [string, string | Uint8Array, number, number][] = [
    ['an empty body', '', -32700, 400],
    ['what is not JSON', '{"jsonrpc":', -32700, 400],
    ['a byte order mark', `\uFEFF${request({})}`, -32700, 400],
    ['a byte order mark in bytes', new TextEncoder().encode(`\uFEFF${request({})}`), -32700, 400],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), -32700, 400],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), -32700, 400],
    ['a batch', `[${request({})}]`, -32600, 400],
    ['an empty batch', '[]', -32600, 400],
    ['a bare value', '"hello"', -32600, 400],
    ['null', 'null', -32600, 400],
    ['no jsonrpc', '{"id":1,"method":"x"}', -32600, 400],
    ['another JSON-RPC', request({ jsonrpc: '1.0' }), -32600, 400],
    ['a number for jsonrpc', request({ jsonrpc: 2 }), -32600, 400],
    ['a null id', request({ id: null }), -32600, 400],
    ['a fractional id', request({ id: 1.5 }), -32600, 400],
    ['an unsafe id', '{"jsonrpc":"2.0","id":9007199254740993,"method":"x"}', -32600, 400],
    ['an infinite id', '{"jsonrpc":"2.0","id":1e999,"method":"x"}', -32600, 400],
    ['a boolean id', request({ id: true }), -32600, 400],
    ['an object id', request({ id: {} }), -32600, 400],
    ['a method that is no text', request({ method: 1 }), -32600, 400],
    ['neither method nor result', '{"jsonrpc":"2.0","id":1}', -32600, 400],
    ['a method and a result', request({ result: {} }), -32600, 400],
    [
      'a result and an error',
      '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
      -32600,
      400,
    ],
    ['a result without an id', '{"jsonrpc":"2.0","result":{}}', -32600, 400],
    ['a result that is no object', '{"jsonrpc":"2.0","id":1,"result":[]}', -32600, 400],
    ['an error without a code', '{"jsonrpc":"2.0","id":1,"error":{"message":"x"}}', -32600, 400],
    [
      'an error with a fractional code',
      '{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}}',
      -32600,
      400,
    ],
    ['params in a list', request({ params: [1] }), -32600, 400],
    ['null params', request({ params: null }), -32600, 400],
    ['__proto__ at the top', '{"jsonrpc":"2.0","id":1,"method":"x","__proto__":{}}', -32600, 400],
    [
      '__proto__ deep within',
      request({}).replace('}', ',"params":{"a":[{"b":{"__proto__":null}}]}}'),
      -32600,
      400,
    ],
    ['__proto__ by escape', request({}).replace('}', ',"params":{"\\u005f_proto__":1}}'), -32600, 400],
    ['constructor.prototype', request({ params: { a: { constructor: { prototype: {} } } } }), -32600, 400],
  ];

  it.each(cases)('%s', (_, input, code, status) => {
    expect(refusal(parseMessage(input))).toMatchObject({ code, status });
    expect(refusal(parseMessageStrict(input))).toMatchObject({ code, status });
  });

  it('more bytes than allowed, with 413, counting bytes and not characters', () => {
    const text = request({ params: { a: '世界' } });
    const bytes = new TextEncoder().encode(text);
    for (const input of [text, bytes]) {
      expect(parseMessage(input, { maxBytes: bytes.length }).kind).toBe('request');
      expect(refusal(parseMessage(input, { maxBytes: bytes.length - 1 }))).toMatchObject({
        code: -32600,
        status: 413,
      });
    }
  });

  it('deeper nesting than allowed', () => {
    const text = (depth: number) => `{"jsonrpc":"2.0","id":1,"method":"x","params":${nested(depth)}}`;
    expect(parseMessage(text(63)).kind).toBe('request');
    expect(refusal(parseMessage(text(64)))).toMatchObject({ code: -32600, id: 1 });
    expect(parseMessage(text(4), { maxDepth: 5 }).kind).toBe('request');
    expect(parseMessage(text(5), { maxDepth: 5 }).kind).toBe('error');
    expect(refusal(parseMessage(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`))).toMatchObject({
      code: -32600,
    });
    expect(refusal(parseMessage(text(200_000)))).toMatchObject({ code: -32600 });
  });

  it('an id that is longer than allowed', () => {
    expect(parseMessage(request({ id: 'x'.repeat(1024) })).kind).toBe('request');
    expect(parseMessage(request({ id: 'x'.repeat(1025) })).kind).toBe('error');
    expect(parseMessage(request({ id: 'xxxx' }), { maxIdLength: 3 }).kind).toBe('error');
  });

  it('and tells the id of a refused request where it could be read', () => {
    expect(refusal(parseMessage(request({ id: 'me', params: 1 }))).id).toBe('me');
    expect(refusal(parseMessage(request({ id: 7, jsonrpc: '1.0' }))).id).toBe(7);
    expect(refusal(parseMessage(request({ id: 1.5, params: 1 }))).id).toBeUndefined();
  });
});

describe('parseMessage and anything at all', () => {
  it('accepts every request whose params are an object without poison', () => {
    const name = fc.string().filter((text) => text !== '__proto__' && text !== 'constructor');
    const params = fc.dictionary(
      name,
      fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 5 },
          fc.jsonValue({ maxDepth: 0 }),
          fc.array(tie('value')),
          fc.dictionary(name, tie('value')),
        ),
      })).value,
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.maxSafeInteger()), params, (id, given) => {
        const text = request({ id, params: given });
        expect(parseMessage(text)).toEqual({ kind: 'request', message: JSON.parse(text) });
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and accepts only what the official schema accepts', () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom('2.0', 'tools/call', 1, 'id'));
    const message = fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', '2.0', '1.0'),
        id: member,
        method: member,
        params: member,
        result: member,
        error: member,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(message, fc.jsonValue()), (value) => {
        const outcome = parseMessage(JSON.stringify(value));
        if (outcome.kind === 'error') return;
        expect(JSONRPCMessageSchema.safeParse(outcome.message).success).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseMessage(bytes).kind).toBeTypeOf('string');
        expect(parseMessageStrict(bytes).kind).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });

  it('takes checkParsed for the same', () => {
    const text = request({ params: { name: 'x' } });
    expect(checkParsed(JSON.parse(text))).toEqual(parseMessage(text));
    expect(checkParsed(undefined).kind).toBe('error');
    expect(checkParsed([]).kind).toBe('error');
  });
});

describe('the messages it writes', () => {
  const ids = fc.oneof(fc.string(), fc.maxSafeInteger());

  it('are read back as they were meant, by us and by the official schema', () => {
    fc.assert(
      fc.property(ids, fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (id, object, text) => {
        const written = [
          resultMessage(id, JSON.stringify({ ...object, resultType: 'complete' })),
          errorMessage(id, { code: -32602, message: text, data: object }),
          errorMessage(undefined, reject('ParseError')),
          notificationMessage('notifications/progress', { text }),
          requestMessage(id, text, { text }),
        ];
        for (const json of written) {
          expect(JSONRPCMessageSchema.safeParse(JSON.parse(json)).success).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('hold what they were given', () => {
    expect(resultMessage('a"b', '{"x":1}')).toBe('{"jsonrpc":"2.0","id":"a\\"b","result":{"x":1}}');
    expect(errorMessage(3, reject('HeaderMismatch'))).toBe(
      '{"jsonrpc":"2.0","id":3,"error":{"code":-32020,"message":"Header mismatch"}}',
    );
    expect(errorMessage(undefined, { code: 5, message: '"', data: null })).toBe(
      '{"jsonrpc":"2.0","error":{"code":5,"message":"\\"","data":null}}',
    );
    expect(errorMessage(1, { code: 5, message: '', data: () => 1 })).toContain('"data":null');
    expect(notificationMessage('notifications/tools/list_changed')).toBe(
      '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
    );
    expect(requestMessage(0, 'ping')).toBe('{"jsonrpc":"2.0","id":0,"method":"ping"}');
    expect(ERRORS.ParseError.httpStatus).toBe(400);
  });
});
