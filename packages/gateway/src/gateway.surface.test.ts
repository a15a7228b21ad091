import { createServer } from '@switchyard/server';
import { serve } from '@switchyard/server/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayTo, open, post, read, request, upstream } from '../test/support.ts';
import { message, toolbox } from '../test/toolbox.ts';

const ALL = { policy: { default: 'allow' as const } };
const list = { method: 'tools/list', body: message('tools/list') };
const RESULT = {
  jsonrpc: '2.0',
  id: 1,
  result: { resultType: 'complete', ttlMs: 5, cacheScope: 'public', tools: [] },
};
const PROGRESS = {
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 1, progress: 1 },
};

describe('an answer that is read', () => {
  it('keeps the notifications that came before it, in a stream', async () => {
    const up = await upstream((_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.end([PROGRESS, PROGRESS, RESULT].map((one) => `data: ${JSON.stringify(one)}\n\n`).join(''));
    });
    const { url } = await gatewayTo([up.url], {}, ALL);
    const { headers, text } = await post(url, list);
    expect(headers['content-type']).toBe('text/event-stream');
    const got = text.split('\n\n').filter((one) => one !== '');
    expect(got.map((one) => JSON.parse(one.slice('data: '.length)))).toEqual([
      PROGRESS,
      PROGRESS,
      { ...RESULT, result: { ...RESULT.result, cacheScope: 'private' } },
    ]);
  });

  it('is an error of the server as it is, with what its headers say of it', async () => {
    const error = { code: -32021, message: 'no', data: { x: 1 } };
    const up = await upstream((_, res) => {
      res.writeHead(400, { 'content-type': 'application/json', 'retry-after': '7', 'x-inside': 'secret' });
      res.end(JSON.stringify({ jsonrpc: '2.0', id: 1, error }));
    });
    const { url } = await gatewayTo([up.url], {}, ALL);
    const { status, headers, json } = await post(url, list);
    expect([status, headers['retry-after'], json.error]).toEqual([400, '7', error]);
    expect(headers).not.toHaveProperty('x-inside');
  });

  it('is asked for uncompressed, with the same bytes, and read within bounds', async () => {
    const up = await upstream((_, res) => res.end(JSON.stringify({ ...RESULT, more: 'x'.repeat(5000) })));
    const { url } = await gatewayTo([up.url], {}, { ...ALL, limits: { result: '4KiB' } });
    const answer = await post(url, {
      ...list,
      headers: { 'accept-encoding': 'gzip', range: 'bytes=0-1', 'x-own': '1' },
    });
    expect([answer.status, answer.json.error.data.reason]).toEqual([502, 'upstream-invalid']);
    expect(up.seen[0]?.body).toBe(list.body);
    expect(up.seen[0]?.headers).toMatchObject({ 'x-own': '1', 'mcp-method': 'tools/list' });
    for (const name of ['accept-encoding', 'range']) expect(up.seen[0]?.headers).not.toHaveProperty(name);
  });

  it('has no member twice, whatever the server wrote', async () => {
    const up = await upstream((_, res) =>
      res.end(
        JSON.stringify(RESULT).replace('"tools":[]', '"tools":[{"name":"evil"}],"tools":[{"name":"good"}]'),
      ),
    );
    const { url } = await gatewayTo([up.url], {}, ALL);
    const { text } = await post(url, list);
    expect(text).toContain('good');
    expect(text).not.toContain('evil');
  });

  it('is no longer asked for once the caller has left', async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    let came: () => void = () => {};
    const there = new Promise<void>((resolve) => {
      came = resolve;
    });
    const up = await upstream((_, res) => {
      res.on('close', left);
      came();
    });
    const { url, gateway } = await gatewayTo([up.url], {}, ALL);
    const req = request(url, list);
    req.on('error', () => {});
    req.end(list.body);
    await there;
    req.destroy();
    await gone;
    await expect.poll(() => gateway.stats().inFlight).toBe(0);
  });

  it('goes to another replica where one dies, like any other list', async () => {
    const dead = await upstream((req) => req.socket.destroy());
    const alive = await upstream(toolbox({ tools: ['add'] }));
    const { url } = await gatewayTo([dead.url, alive.url], {}, ALL);
    for (let i = 0; i < 3; i++) expect((await post(url, list)).json.result.tools).toHaveLength(1);
  });
});

it('calls and streams pass through unread where nothing concerns them', async () => {
  const up = await upstream((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'x-own': '1' });
    res.write('data: no JSON at all\n\n');
    res.end();
  });
  const { url } = await gatewayTo([up.url], {}, ALL);
  const res = await open(url, { body: message('tools/call', { name: 'add' }) });
  expect(res.headers['x-own']).toBe('1');
  expect((await read(res)).text).toBe('data: no JSON at all\n\n');
});

it('a denied name is answered in the words of the server library, to the byte', async () => {
  const server = createServer({ name: 'demo', version: '1.0.0' });
  server.registerTool('add', {}, () => 'added');
  server.registerPrompt('greet', {}, () => 'hello');
  server.registerResource('one', 'file:///one', {}, () => 'text');
  const listening = await serve(server, { port: 0 });
  onTestFinished(() => listening.close({ timeoutMs: 0 }));
  const { url } = await gatewayTo([listening.url], {}, { policy: { default: 'deny' } });
  const { pathname, origin } = new URL(listening.url);
  const asked: [string, Record<string, string>][] = [
    ['tools/call', { name: 'none' }],
    ['tools/call', { name: `${'n'.repeat(200)}` }],
    ['prompts/get', { name: 'none' }],
    ['resources/read', { uri: 'file:///none' }],
  ];
  for (const [method, params] of asked) {
    const name = params['name'] ?? params['uri'] ?? '';
    const call = { method, body: message(method, params), headers: { 'mcp-name': name } };
    const theirs = await post(origin, { ...call, path: pathname });
    const ours = await post(url, call);
    expect([ours.status, ours.text]).toEqual([theirs.status, theirs.text]);
    expect(ours.headers['content-type']).toBe(theirs.headers['content-type']);
  }
});
