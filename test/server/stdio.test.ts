import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createListener } from 'node:net';
import { createServer } from '@switchyard/server';
import { serveStdio } from '@switchyard/server/stdio';
import { expect, it } from 'vitest';
import { until } from '../support/environment.ts';
import type { BaseOptions } from '../support/matrix.ts';
import { overStdio } from '../support/matrix.ts';
import { META_VERSION, requestOf } from '../support/messages.ts';
import { stdioPeer } from '../support/stdio-peer.ts';

function build(options: BaseOptions) {
  const server = createServer({ name: 'stdio', version: '1.0.0' }, options);
  server.registerTool('lines', {}, () => 'one\ntwo\r\nthree\u2028four');
  server.registerTool('who', {}, (ctx) => JSON.stringify([ctx.clientCapabilities, ctx.clientInfo?.name]));
  let finish: ((text: string) => void) | undefined;
  server.registerTool('wait', {}, () => new Promise<string>((resolve) => (finish = resolve)));
  server.registerTool('finish', {}, () => {
    finish?.('waited');
    return 'finished';
  });
  return server;
}

const line = (message: unknown): string => `${JSON.stringify(message)}\n`;

overStdio('stdio', (start) => {
  it('writes every message as one line, whatever is in it [STDIO-001] [STDIO-002] [STDIO-003]', async () => {
    const peer = await start(build);
    const answer = await peer.call('tools/call', { name: 'lines' });
    expect(answer.result).toMatchObject({ content: [{ text: 'one\ntwo\r\nthree\u2028four' }] });
    await peer.call('tools/list', {}, { id: 2 });
    for (const written of peer.lines) {
      expect(written).not.toMatch(/[\r\n]/);
      const message = JSON.parse(written);
      expect(message).toMatchObject({ jsonrpc: '2.0' });
      expect('method' in message && 'id' in message).toBe(false);
    }
  });

  it('takes lines cut anywhere, with either line end, and empty ones [TRANS-001]', async () => {
    const peer = await start(build);
    const bytes = Buffer.from(`\r\n\n${JSON.stringify(requestOf('tools/call', { name: 'grüße 世界' }))}\r\n`);
    for (const byte of bytes) peer.write(Uint8Array.of(byte));
    await until(() => peer.received.length === 1);
    expect(peer.received[0]?.error?.message).toBe('Unknown tool: grüße 世界');
  });

  it('keeps nothing from one line to the next [BASE-021] [BASE-022] [BASE-023]', async () => {
    const peer = await start(build);
    const capabilities = { elicitation: {}, roots: {} };
    const first = await peer.call('tools/call', { name: 'who' }, { id: 1, capabilities });
    const bad = await peer.call(
      'tools/call',
      { name: 'who' },
      { id: 2, meta: { [META_VERSION]: '2025-11-25' } },
    );
    const last = await peer.call('tools/call', { name: 'who' }, { id: 3 });
    expect(first.result).toMatchObject({ content: [{ text: JSON.stringify([capabilities, 'test']) }] });
    expect(bad.code).toBe(-32022);
    expect(last.result).toMatchObject({ content: [{ text: JSON.stringify([{}, 'test']) }] });
  });

  it('serves requests side by side [BASE-024]', async () => {
    const peer = await start(build);
    const waiting = await peer.open('tools/call', { name: 'wait' }, { id: 'slow' });
    await peer.call('tools/call', { name: 'finish' }, { id: 'fast' });
    await waiting.rest();
    expect(peer.received.map(({ id }) => id)).toEqual(['fast', 'slow']);
  });

  it('answers initialize with the versions it speaks [VER-005]', async () => {
    const peer = await start(build);
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'old', version: '1' },
    };
    peer.write(line({ jsonrpc: '2.0', id: 0, method: 'initialize', params }));
    await until(() => peer.received.length === 1);
    expect(peer.received[0]).toMatchObject({
      id: 0,
      error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2025-11-25' } },
    });
  });

  it('says nothing to notifications, good or bad [BASE-019]', async () => {
    const peer = await start(build);
    peer.write(line({ jsonrpc: '2.0', method: 'notifications/unheard-of' }));
    peer.write(line({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'lines' } }));
    expect((await peer.call('tools/list')).messages).toHaveLength(1);
    expect(peer.received).toHaveLength(1);
  });

  it('refuses a second request with an id that is still being answered [BASE-005]', async () => {
    const peer = await start(build);
    const first = await peer.open('tools/call', { name: 'wait' }, { id: 1 });
    peer.write(line(requestOf('tools/list', {}, { id: 1 })));
    await until(() => peer.received.length === 1);
    expect(peer.received[0]).toEqual({
      jsonrpc: '2.0',
      error: { code: -32600, message: expect.any(String) },
    });
    await peer.call('tools/call', { name: 'finish' }, { id: 2 });
    await until(() => peer.received.length === 3);
    expect(peer.received[2]).toMatchObject({ id: 1, result: { content: [{ text: 'waited' }] } });
    first.leave();
  });

  it.each([
    ['no JSON', 'nonsense\n', -32700],
    ['a batch', '[]\n', -32600],
    ['invalid UTF-8', Uint8Array.of(0x22, 0xff, 0x22, 0x0a), -32700],
    ['a response', line({ jsonrpc: '2.0', id: 1, result: {} }), -32600],
  ])('answers %s with an error and goes on [BASE-009]', async (_what, bytes, code) => {
    const peer = await start(build);
    peer.write(bytes);
    await until(() => peer.received.length === 1);
    expect(peer.received[0]?.error?.code).toBe(code);
    expect((await peer.call('tools/list')).result).toMatchObject({ resultType: 'complete' });
  });

  it('ends after a line beyond the limit: what follows cannot be told apart', async () => {
    const peer = await start((options) => build({ ...options, limits: { bodyBytes: 1000 } }));
    peer.write('x'.repeat(2000));
    await until(() => peer.received.length === 1);
    expect(peer.received[0]).toMatchObject({ error: { code: -32600 } });
  });
});

it('answers what was asked before the input ended, then is done [STDIO-006]', async () => {
  const server = createServer({ name: 'stdio', version: '1.0.0' });
  server.registerTool('slow', {}, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return 'done';
  });
  const rest = { servers: [server], server, errors: [], warnings: [] };
  const peer = stdioPeer(server, rest as unknown as Parameters<typeof stdioPeer>[1]); // no clock is looked at here
  peer.write(line(requestOf('tools/call', { name: 'slow' })));
  await peer.end();
  expect(peer.received).toMatchObject([{ id: 1, result: { content: [{ text: 'done' }] } }]);
});

it('serves any byte stream with the same framing and the same messages [TRANS-003] [TRANS-005]', async () => {
  const server = createServer({ name: 'tcp', version: '1.0.0' });
  server.registerTool('hello', {}, () => 'hello');
  const listener = createListener((socket) => serveStdio(server, { input: socket, output: socket }));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo; // it listens on TCP
  const socket = connect(port, '127.0.0.1');
  socket.write(line(requestOf('tools/call', { name: 'hello' })));
  const [first] = await once(socket, 'data');
  expect(JSON.parse(String(first))).toMatchObject({ id: 1, result: { content: [{ text: 'hello' }] } });
  socket.end();
  await once(socket, 'close');
  listener.close();
});
