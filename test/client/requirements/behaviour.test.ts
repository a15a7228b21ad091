import type { ClientExtension, Link, SubscriptionEvent } from '@switchyard/client';
import { createClient, inProcessLink } from '@switchyard/client';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/environment.ts';
import { Answered, FakeClock, type Script, scripted } from '../scripted.ts';
import { KEYS } from './recorder.ts';

const DONE = { content: [{ type: 'text', text: 'done' }] };

it('an extension that the server does not have changes nothing of the core [VER-007]', async () => {
  const extension: ClientExtension = {
    id: 'org.example/later',
    methods: { 'later/get': {} },
    resultTypes: { later: () => ({ resultType: 'complete', ...DONE }) },
  };
  const server = createServer({ name: 's', version: '1' });
  server.registerTool('t', {}, () => 'done');
  server.registerPrompt('p', {}, () => 'Hi');
  const link = inProcessLink((request) => server.fetch(request));
  const client = createClient({ link, extensions: [extension] });
  expect(await client.callTool('t')).toMatchObject(DONE);
  expect((await client.listTools()).tools).toHaveLength(1);
  expect((await client.getPrompt('p')).messages).toHaveLength(1);
  await expect(client.request('later/get', {})).rejects.toMatchObject({ code: -32601 });
  expect(await client.callTool('t')).toMatchObject(DONE);
});

it('what a server says it is changes nothing [DISC-003]', async () => {
  const traffic = async (serverInfo: unknown) => {
    const script: Script = ({ method }, turn) => ({
      ...(method === 'server/discover' ? { supportedVersions: ['2026-07-28'], capabilities: {} } : DONE),
      tools: [{ name: 't', inputSchema: { type: 'object' }, annotations: { idempotentHint: true } }],
      ...(turn % 2 === 0 ? { ttlMs: 10, cacheScope: 'public' } : {}),
      _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo },
    });
    const { link, received } = scripted(script);
    const client = createClient({ link, environment: new FakeClock() });
    await client.discover();
    await client.listTools();
    await client.listTools();
    await client.callTool('t', { a: 1 });
    await client.callTool('t', { a: 1 });
    return received.map(({ wire }) => [wire.body, wire.headers]);
  };
  const known = await traffic({ name: 'switchyard', version: '1.0.0' });
  expect(known.length).toBeGreaterThan(3);
  for (const other of [{ name: 'trusted-server', version: '99' }, undefined, null, 7, { name: {} }]) {
    expect(await traffic(other)).toEqual(known);
  }
});

describe('a tool', () => {
  it('that fails gives a result, with its text for the model [TOOL-024]', async () => {
    const server = createServer({ name: 's', version: '1' });
    const content = [{ type: 'text' as const, text: 'The date must lie in the future.' }];
    server.registerTool('t', {}, () => ({ content, isError: true }));
    const client = createClient({ link: inProcessLink((request) => server.fetch(request)) });
    expect(await client.callTool('t')).toMatchObject({ content, isError: true });
  });

  it('is used in sight of the links: what, with what, and how it ended [TOOL-028]', async () => {
    const log: unknown[] = [];
    const audited: Link = async (request, next) => {
      const entry = {
        method: request.method,
        name: request.params['name'],
        args: request.params['arguments'],
      };
      try {
        const result = await next(request);
        log.push({ ...entry, isError: result['isError'] === true });
        return result;
      } catch (error) {
        log.push({ ...entry, error: error instanceof Error ? error.name : 'unknown' });
        throw error;
      }
    };
    const { link } = scripted(({ params }) => {
      if (params['name'] === 'none') throw new Answered(-32602, { status: 400 });
      return { ...DONE, isError: params['name'] === 'bad' };
    });
    const client = createClient({ link, links: [audited] });
    await client.callTool('good', { a: 1 });
    await client.callTool('bad');
    await client.callTool('none').catch(() => undefined);
    expect(log).toEqual([
      { method: 'tools/call', name: 'good', args: { a: 1 }, isError: false },
      { method: 'tools/call', name: 'bad', args: undefined, isError: true },
      { method: 'tools/call', name: 'none', args: undefined, error: 'ProtocolError' },
    ]);
  });

  it('that says it may be repeated is believed only where the client is told so; nothing else depends on it [TOOL-022]', async () => {
    const attempts = async (annotations: object, annotatedTools: boolean) => {
      const { link, received } = scripted(({ method }) => {
        if (method === 'tools/list') return { tools: [{ name: 't', inputSchema: {}, annotations }] };
        throw new Answered(-32603, { status: 503 });
      });
      const environment = new FakeClock();
      const client = createClient({ link, environment, retry: { annotatedTools } });
      await client.listTools();
      const failed = expect(client.callTool('t')).rejects.toMatchObject({ code: -32603 });
      await environment.pass(60_000);
      await failed;
      return received.filter(({ method }) => method === 'tools/call').map(({ wire }) => wire.headers);
    };
    const plain = await attempts({}, false);
    expect(plain).toHaveLength(1);
    const lies = { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: false };
    expect(await attempts(lies, false)).toEqual(plain);
    expect((await attempts(lies, true)).length).toBeGreaterThan(1);
  });
});

describe('a subscription', () => {
  it('shows what the server agreed to, and makes do with it [SUB-005]', async () => {
    const { link, received } = scripted(({ wire, method }) => {
      if (method !== 'subscriptions/listen') return { tools: [], ttlMs: 60_000, cacheScope: 'private' };
      const _meta = { [KEYS.subscription]: wire.id };
      const say = (name: string, params: object) =>
        wire.notify?.({ jsonrpc: '2.0', method: `notifications/${name}`, params: { ...params, _meta } });
      say('subscriptions/acknowledged', { notifications: { toolsListChanged: true } });
      say('tools/list_changed', {});
      return new Promise(() => undefined);
    });
    const client = createClient({ link, environment: new FakeClock() });
    const wanted = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['a:1'] };
    const subscription = client.listen(wanted);
    const heard: SubscriptionEvent[] = [];
    subscription.on('event', (event) => heard.push(event));
    expect(await subscription.ready).toBe('open');
    expect(subscription.agreed).toEqual({ toolsListChanged: true });
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ type: 'toolsListChanged' }]);
    // What is not told of is still fresh for as long as its ttlMs says, and no longer.
    await client.listTools();
    await client.listTools();
    expect(received.filter(({ method }) => method === 'tools/list')).toHaveLength(1);
  });
});
