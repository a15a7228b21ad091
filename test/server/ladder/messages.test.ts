import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';
import {
  headersOf,
  META_CAPABILITIES,
  META_CLIENT,
  META_SERVER,
  META_VERSION,
  requestOf,
} from '../../support/messages.ts';

function build(options: BaseOptions) {
  const server = createServer({ name: 'ladder', version: '1.2.3' }, options);
  server.registerTool('echo', {}, () => 'echo');
  server.registerTool('who', {}, (ctx) => JSON.stringify([ctx.method, ctx.id, ctx.protocolVersion]));
  return server;
}

const json = { 'content-type': 'application/json' };

overHttp('a body', (start) => {
  it.each([
    ['nothing', '', -32700],
    ['half a message', '{"jsonrpc":"2.0","id":1', -32700],
    ['a byte order mark', `\uFEFF${JSON.stringify(requestOf('tools/list'))}`, -32700],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d), -32700],
    ['an empty batch', '[]', -32600],
    ['a batch of one', `[${JSON.stringify(requestOf('tools/list'))}]`, -32600],
    ['a text', '"hello"', -32600],
    ['null', 'null', -32600],
    ['a response', '{"jsonrpc":"2.0","id":1,"result":{}}', -32600],
    ['an error response', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}', -32600],
    ['a polluting key', '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"__proto__":{}}}', -32600],
    [
      'a hidden polluting key',
      '{"jsonrpc":"2.0","id":1,"method":"x","params":{"\\u005f_proto__":{}}}',
      -32600,
    ],
    [
      'nesting without end',
      `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(9000)}${']'.repeat(9000)}}}`,
      -32600,
    ],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}', -32600],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":7,"method":"tools/list"}', -32600],
  ])('that is %s is refused [HTTP-006] [TRANS-001] [BASE-002] [BASE-009]', async (_what, body, code) => {
    const peer = await start(build);
    const answer = await peer.post(body, json);
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  it.each([1.5, true, {}, [1], null, 2 ** 53])(
    'with the id %j is refused [BASE-003] [BASE-004]',
    async (id) => {
      const peer = await start(build);
      const message = { ...requestOf('tools/list'), id };
      const answer = await peer.post(JSON.stringify(message), headersOf(requestOf('tools/list')));
      expect([answer.status, answer.code, answer.response.id]).toEqual([400, -32600, undefined]);
    },
  );

  it.each([0, -1, '', 'one', '1', 2 ** 53 - 1])(
    'with the id %j is answered under it [BASE-003] [BASE-005] [BASE-006]',
    async (id) => {
      const peer = await start(build);
      const answer = await peer.call('tools/list', {}, { id });
      expect([answer.response.id, answer.response.result !== undefined]).toEqual([id, true]);
    },
  );

  it('that is no request but has an id gets it back [BASE-009]', async () => {
    const peer = await start(build);
    const answer = await peer.post('{"jsonrpc":"1.0","id":7,"method":"tools/list"}', json);
    expect(answer.response.id).toBe(7);
  });

  it('that is a notification is accepted with 202 and nothing is done for it [HTTP-007] [BASE-019]', async () => {
    const peer = await start(build);
    for (const method of ['notifications/initialized', 'notifications/anything', 'tools/call']) {
      const answer = await peer.post(JSON.stringify({ jsonrpc: '2.0', method }), json);
      expect([answer.status, answer.text]).toEqual([202, '']);
    }
  });

  it.each([
    '{"jsonrpc":"2.0","method":7}',
    '{"jsonrpc":"1.0","method":"notifications/x"}',
    '{"jsonrpc":"2.0","method":"n","params":3}',
  ])('that is the bad notification %j gets an HTTP error [HTTP-008]', async (body) => {
    const peer = await start(build);
    const answer = await peer.post(body, json);
    expect([answer.status, answer.response.id]).toEqual([400, undefined]);
  });
});

everywhere('a request', (start) => {
  it('is answered with a result that says its type and who made it [BASE-006] [BASE-007] [BASE-047] [DISC-001] [DISC-002]', async () => {
    const peer = await start(build);
    const answer = await peer.call('server/discover');
    expect(answer.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      _meta: { [META_SERVER]: { name: 'ladder', version: '1.2.3' } },
    });
  });

  it('is told apart by what it says itself, and its method and id reach the handler [BASE-021]', async () => {
    const peer = await start(build);
    const answer = await peer.call('tools/call', { name: 'who' }, { id: 'abc' });
    expect(answer.result).toMatchObject({ content: [{ text: '["tools/call","abc","2026-07-28"]' }] });
  });

  it('keeps the name of the server to itself where it should [BASE-047]', async () => {
    const peer = await start((options) => build({ ...options, announce: false }));
    for (const [id, method] of ['server/discover', 'tools/list'].entries()) {
      expect((await peer.call(method, {}, { id })).result).not.toHaveProperty('_meta');
    }
    expect((await peer.call('tools/call', { name: 'echo' }, { id: 9 })).result).not.toHaveProperty('_meta');
  });

  it.each([META_VERSION, META_CAPABILITIES])('without %s is refused [BASE-042] [BASE-043]', async (key) => {
    const peer = await start(build);
    const answer = await peer.call('tools/list', {}, { meta: { [key]: undefined } });
    expect(answer.code).toBe(-32602);
    expect(answer.why).toContain(key);
    if (answer.headers.has('content-type')) expect(answer.status).toBe(400);
  });

  it.each([
    [META_VERSION, 7],
    [META_CAPABILITIES, []],
    [META_CAPABILITIES, 'all'],
    [META_CAPABILITIES, { elicitation: true }],
    [META_CAPABILITIES, { extensions: [] }],
    [META_CLIENT, 'me'],
    [META_CLIENT, { name: 'me' }],
  ])('with a bad %s, %j, is refused [BASE-037] [BASE-042]', async (key, value) => {
    const peer = await start(build);
    const answer = await peer.call('tools/list', {}, { meta: { [key]: value } });
    expect(answer.code).toBe(-32602);
  });

  it('need not say who sends it, and nothing depends on it [BASE-048] [ELICIT-023]', async () => {
    const peer = await start(build);
    const plain = await peer.call('tools/list', {}, { meta: { [META_CLIENT]: undefined } });
    const grand = await peer.call(
      'tools/list',
      {},
      { id: 2, meta: { [META_CLIENT]: { name: 'admin', version: '9' } } },
    );
    expect(plain.result).toEqual(grand.result);
  });

  it('of another version is told which are spoken [VER-001] [HTTP-018]', async () => {
    const peer = await start(build);
    for (const [id, version] of ['2025-11-25', '2099-01-01', 'v999', ''].entries()) {
      const options = { id, meta: { [META_VERSION]: version }, headers: { 'mcp-protocol-version': version } };
      const answer = await peer.call('server/discover', {}, options);
      expect(answer.code).toBe(-32022);
      expect(answer.response.error?.data).toEqual({ supported: ['2026-07-28'], requested: version });
      if (answer.headers.has('content-type')) expect(answer.status).toBe(400);
    }
  });

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'resources/unsubscribe',
    'tasks/list',
    'no/such',
    '__proto__',
    'constructor',
  ])('for the method %s, which is not there, is told so [HTTP-019] [SCHEMA-003]', async (method) => {
    const peer = await start(build);
    const answer = await peer.call(method);
    expect(answer.code).toBe(-32601);
    if (answer.headers.has('content-type')) expect(answer.status).toBe(404);
  });

  it.each([
    'prompts/list',
    'prompts/get',
    'resources/list',
    'resources/templates/list',
    'resources/read',
    'completion/complete',
  ])(
    'for %s of a server that does not declare it is told so [SCHEMA-003] [PROMPT-012] [COMP-002]',
    async (method) => {
      const peer = await start(build);
      expect((await peer.call(method, { name: 'x', uri: 'test://x' })).code).toBe(-32601);
    },
  );

  it('is only ever answered: no request goes to the client [PATTERN-001] [HTTP-011] [BASE-020]', async () => {
    const peer = await start((options) => {
      const server = build(options);
      server.registerTool('ask', {}, async (ctx) => {
        ctx.progress(1);
        await ctx.listRoots();
        return 'never';
      });
      return server;
    });
    const capabilities = { roots: {} };
    const answer = await peer.call('tools/call', { name: 'ask' }, { capabilities, progressToken: 'p' });
    expect(answer.result).toMatchObject({ resultType: 'input_required' });
    for (const message of answer.messages) expect('method' in message && 'id' in message).toBe(false);
  });

  it('keeps its trace context only where it is well-formed [BASE-051]', async () => {
    const peer = await start(build);
    for (const [id, traceparent] of [
      '00-bad',
      7,
      '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01',
    ].entries()) {
      const answer = await peer.call('tools/list', {}, { id, meta: { traceparent, tracestate: 'a=b' } });
      expect(answer.result).toMatchObject({ resultType: 'complete' });
    }
  });
});
