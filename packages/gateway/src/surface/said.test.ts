import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReply } from './said.ts';

const RESULT = '{"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","tools":[]}}';
const ERROR = '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Unknown tool: x"}}';
const PROGRESS =
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

const events = (...texts: string[]) => texts.map((text) => `data: ${text}\n\n`).join('');

function read(
  body: string,
  headers: Record<string, string | string[]> = { 'content-type': 'application/json' },
  status = 200,
) {
  return readReply({ status, headers, body: Buffer.from(body) }, 7);
}

describe('what a server said', () => {
  it('is a result, from JSON or from the end of a stream with what came before it', () => {
    expect(read(RESULT)).toMatchObject({ kind: 'result', result: { tools: [] }, notifications: [] });
    expect(read(events(PROGRESS, PROGRESS, RESULT), SSE)).toMatchObject({
      kind: 'result',
      result: { tools: [] },
      notifications: [PROGRESS, PROGRESS],
    });
  });

  it('is an error, with its status and what the headers say of it', () => {
    const headers = { 'retry-after': '3', 'www-authenticate': ['Bearer a', 'Basic b'], 'x-secret': '1' };
    expect(read(ERROR, headers, 400)).toEqual({
      kind: 'error',
      status: 400,
      error: { code: -32602, message: 'Unknown tool: x' },
      headers: ['www-authenticate', 'Bearer a', 'www-authenticate', 'Basic b', 'retry-after', '3'],
    });
    expect(read(ERROR)).toMatchObject({ kind: 'error', status: 200 });
    expect(read(events(ERROR), SSE)).toMatchObject({ kind: 'error', error: { code: -32602 } });
  });

  it('is a bare status where the body is no JSON-RPC, and nothing of the body', () => {
    expect(read('<h1>secret</h1>', { 'content-type': 'text/html' }, 401)).toEqual({
      kind: 'error',
      status: 401,
      error: { code: 40100, message: 'The server answered with HTTP status 401' },
      headers: [],
    });
  });

  it.each([
    ['nothing', '', {}],
    ['no JSON', '{', {}],
    ['a batch', `[${RESULT}]`, {}],
    ['a request', '{"jsonrpc":"2.0","id":7,"method":"ping"}', {}],
    ['another id', RESULT.replace('7', '8'), {}],
    ['an id of another type', RESULT.replace('7', '"7"'), {}],
    ['two responses', events(RESULT, RESULT), SSE],
    ['a notification after the response', events(RESULT, PROGRESS), SSE],
    ['a stream without a response', events(PROGRESS), SSE],
    ['an event that is cut off', `data: ${RESULT}\n`, SSE],
    ['a compressed body', RESULT, { 'content-encoding': 'gzip' }],
  ])('is nothing where the server gave %s', (_, body, headers) => {
    expect(read(body, headers)).toMatchObject({ reason: 'upstream-invalid' });
  });

  it('is never a result under the status of an error, or half of one', () => {
    for (const status of [202, 206, 300]) {
      expect(read(RESULT, {}, status)).toMatchObject({ reason: 'upstream-invalid' });
    }
    expect(read(RESULT, {}, 500)).toMatchObject({ kind: 'error', error: { code: 50000 } });
  });

  it('is understood or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, stream) => {
        const said = readReply({ status: 200, headers: stream ? SSE : {}, body: Buffer.from(bytes) }, 7);
        expect('kind' in said || said.reason === 'upstream-invalid').toBe(true);
      }),
    );
  });
});
