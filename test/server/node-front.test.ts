import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { Server, ServerOptions } from '@switchyard/server';
import { anonymous, createServer } from '@switchyard/server';
import type { Listening } from '@switchyard/server/node';
import { serve, toNodeHandler } from '@switchyard/server/node';
import { afterEach, expect, it } from 'vitest';
import { turn, until } from '../support/environment.ts';
import { overSocket } from '../support/http-peer.ts';
import type { Message } from '../support/messages.ts';
import { headersOf, requestOf } from '../support/messages.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function echoServer(options: ServerOptions = {}): Server {
  const server = createServer({ name: 'node', version: '1.0.0' }, options);
  const inputSchema = { type: 'object', properties: { text: { type: 'string', 'x-mcp-header': 'Text' } } };
  server.registerTool('echo', { inputSchema }, (args) => JSON.stringify(args));
  return server;
}

async function listening(server: Server): Promise<Listening> {
  const started = await serve(server, { port: 0 });
  open.push(started);
  return started;
}

/** Serves any handler of `node:http` on a free port. */
async function plainHttp(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const http = createHttpServer(handler);
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  open.push(http);
  // A server that listens on TCP has an address of this kind.
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

/** A call of `echo` as the bytes of one HTTP request. */
function rawCall(message: Message, host: string): string {
  const body = JSON.stringify(message);
  const headers = { host, ...headersOf(message), 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

const call = (text: string): Message => requestOf('tools/call', { name: 'echo', arguments: { text } });

it('forgets a caller who leaves while being identified', async () => {
  let identified: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    identified = resolve;
  });
  let asked = 0;
  const authenticate = async () => {
    asked += 1;
    await waiting;
    return anonymous;
  };
  const server = echoServer({ authenticate });
  const { port } = await listening(server);
  const sockets: Socket[] = [];
  for (let count = 0; count < 3; count += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.write(rawCall(call('x'.repeat(count * 100_000)), `127.0.0.1:${port}`));
    sockets.push(socket);
  }
  await until(() => asked === 3);
  for (const socket of sockets) socket.destroy();
  await turn();
  await turn();
  identified();
  await until(() => server.core.runtime.inFlight.count === 0);
});

it('sends what is written before it closes, however slow the reader', async () => {
  const server = createServer({ name: 'node', version: '1.0.0' });
  const size = 32 * 1024 * 1024;
  let called = false;
  server.registerTool('large', {}, () => {
    called = true;
    return 'x'.repeat(size);
  });
  const started = await listening(server);
  const socket = connect(started.port, '127.0.0.1');
  socket.write(rawCall(requestOf('tools/call', { name: 'large' }), `127.0.0.1:${started.port}`));
  await until(() => called);
  await turn();
  const closing = started.close();
  let received = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
  });
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  await closing;
  expect(received).toBeGreaterThan(size);
});

it('refuses a header sent twice whose parts make up the value of the body [HTTP-041]', async () => {
  const { url } = await listening(echoServer());
  const send = overSocket(url);
  const message = call('us, eu');
  const once = { ...headersOf(message), 'mcp-param-text': 'us, eu' };
  const good = await send({ headers: once, body: JSON.stringify(message) });
  expect(good.status).toBe(200);
  const twice = { ...once, 'mcp-param-text': ['us', 'eu'] };
  const bad = await send({ headers: twice, body: JSON.stringify(message) });
  expect(bad.status).toBe(400);
  expect(await bad.json()).toMatchObject({ id: 1, error: { code: -32020 } });
});

it.each([
  ['an object', (body: string): unknown => JSON.parse(body)],
  ['text', (body: string) => body],
  ['bytes', (body: string) => Buffer.from(body)],
])('takes a body that a framework has read as %s', async (_kind, parse) => {
  const handler = toNodeHandler(echoServer());
  const url = await plainHttp((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => handler(Object.assign(request, { body: parse(body) }), response));
  });
  const message = call('hi');
  const headers = { ...headersOf(message), 'mcp-param-text': 'hi' };
  const response = await overSocket(url)({ headers, body: JSON.stringify(message) });
  expect(await response.json()).toMatchObject({ id: 1, result: { content: [{ text: '{"text":"hi"}' }] } });
});

it('does not wait for a body that somebody else has read and thrown away', async () => {
  const handler = toNodeHandler(echoServer());
  const url = await plainHttp((request, response) => {
    request.resume().on('end', () => handler(request, response));
  });
  const message = call('hi');
  const response = await overSocket(url)({ headers: headersOf(message), body: JSON.stringify(message) });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: -32700 } });
});

it('serves one path and no other [HTTP-001] [HTTP-051]', async () => {
  const { url } = await listening(echoServer());
  expect((await overSocket(url.replace('/mcp', '/other'))({ verb: 'POST', body: '{}' })).status).toBe(404);
  const queried = await overSocket(url)({ verb: 'GET' });
  expect(queried.status).toBe(405);
});

it('binds to this machine alone unless told by which names it is reached [HTTP-004]', async () => {
  const started = await listening(echoServer());
  expect((started.http.address() as AddressInfo).address).toBe('127.0.0.1'); // listening on TCP
  await expect(serve(echoServer(), { port: 0, host: '0.0.0.0' })).rejects.toThrow(TypeError);
  const named = await serve(echoServer({ allowedHosts: ['mcp.example'] }), { port: 0, host: '0.0.0.0' });
  open.push(named);
  const send = overSocket(`http://127.0.0.1:${named.port}/mcp`);
  const message = call('hi');
  const headers = { ...headersOf(message), 'mcp-param-text': 'hi' };
  expect((await send({ headers, body: JSON.stringify(message) })).status).toBe(403);
  const addressed = { ...headers, host: 'mcp.example' };
  expect((await send({ headers: addressed, body: JSON.stringify(message) })).status).toBe(200);
});
