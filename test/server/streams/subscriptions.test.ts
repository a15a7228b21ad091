import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/environment.ts';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere, overHttp, overStdio } from '../../support/matrix.ts';
import type { Message } from '../../support/messages.ts';
import { META_SUBSCRIPTION } from '../../support/messages.ts';
import type { Opened } from '../../support/peer.ts';

/** A server with something of every kind. */
function build(options: BaseOptions) {
  const server = createServer({ name: 'subscriptions', version: '1.0.0' }, options);
  server.registerTool('tool', {}, () => 'ok');
  server.registerPrompt('prompt', {}, () => 'ok');
  server.registerResource('note', 'test://note', {}, () => 'ok');
  server.registerResource('secret', 'test://secret', { visible: ['admin'] }, () => 'ok');
  server.registerResourceTemplate('item', 'test://items/{id}', {}, () => 'ok');
  return server;
}

const ALL = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['test://note', 'test://items/7'],
};

const idOf = ({ params, result }: Message): unknown => {
  const meta = (params ?? result)?.['_meta'] as Record<string, unknown> | undefined; // an object where it is there
  return meta?.[META_SUBSCRIPTION];
};

everywhere('subscriptions', (start) => {
  it.each([1, 'one'])(
    'acknowledge first what they agree to, under the id %j [SUB-002] [BASE-050]',
    async (id) => {
      const peer = await start(build);
      const stream = await peer.open('subscriptions/listen', { notifications: ALL }, { id });
      const first = await stream.next();
      expect(first).toMatchObject({
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: ALL },
      });
      expect(idOf(first)).toBe(id);
      stream.leave();
    },
  );

  it('agree only to what the server has [SUB-001]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'tools only', version: '1.0.0' }, options);
      server.registerTool('tool', {}, () => 'ok');
      return server;
    });
    const stream = await peer.open('subscriptions/listen', { notifications: { ...ALL, unknownField: true } });
    expect((await stream.next()).params?.['notifications']).toEqual({ toolsListChanged: true });
    stream.leave();
  });

  it('carry only what was asked for, with the id on everything [SUB-001] [SUB-003] [BASE-050] [TOOL-005]', async () => {
    const peer = await start(build);
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['test://note'] };
    const stream = await peer.open('subscriptions/listen', { notifications }, { id: 'mine' });
    await stream.next();
    peer.server.notify.promptsChanged();
    peer.server.notify.resourcesChanged();
    peer.server.notify.resourceUpdated('test://items/7');
    peer.server.notify.resourceUpdated('test://note');
    peer.server.notify.toolsChanged();
    const heard = [await stream.next(), await stream.next()];
    expect(heard.map(({ method }) => method)).toEqual([
      'notifications/resources/updated',
      'notifications/tools/list_changed',
    ]);
    expect(heard[0]?.params?.['uri']).toBe('test://note');
    expect(heard.map(idOf)).toEqual(['mine', 'mine']);
    stream.leave();
  });

  it('hear of definitions that come, change and go [TOOL-005] [PROMPT-004] [RES-004]', async () => {
    const peer = await start(build);
    const { resourceSubscriptions: _, ...lists } = ALL;
    const stream = await peer.open('subscriptions/listen', { notifications: lists });
    await stream.next();
    const next = async () => (await stream.next()).method;
    const tool = peer.server.registerTool('late', {}, () => 'ok');
    expect(await next()).toBe('notifications/tools/list_changed');
    tool.update({ description: 'changed' }, () => 'ok');
    expect(await next()).toBe('notifications/tools/list_changed');
    tool.remove();
    expect(await next()).toBe('notifications/tools/list_changed');
    peer.server.registerPrompt('late', {}, () => 'ok');
    expect(await next()).toBe('notifications/prompts/list_changed');
    peer.server.registerResource('late', 'test://late', {}, () => 'ok');
    expect(await next()).toBe('notifications/resources/list_changed');
    stream.leave();
  });

  it('leave out resources that the caller may not read, and say so [RES-014] [SUB-001]', async () => {
    const peer = await start(build);
    const uris = ['test://note', 'test://secret', 'test://nowhere', 'no uri at all', 'test://note'];
    const stream = await peer.open('subscriptions/listen', {
      notifications: { resourceSubscriptions: uris },
    });
    expect((await stream.next()).params?.['notifications']).toEqual({
      resourceSubscriptions: ['test://note'],
    });
    peer.server.notify.resourceUpdated('test://secret');
    peer.server.notify.resourceUpdated('test://note');
    expect((await stream.next()).params?.['uri']).toBe('test://note');
    stream.leave();
  });

  it('leave it to the hook, where there is one, to allow each URI [RES-014]', async () => {
    const asked: string[] = [];
    const authorize = async (uri: string) => {
      asked.push(uri);
      return uri.startsWith('test://allowed');
    };
    const peer = await start((options) => build({ ...options, subscriptions: { authorize } }));
    const uris = ['test://allowed/1', 'test://note'];
    const stream = await peer.open('subscriptions/listen', {
      notifications: { resourceSubscriptions: uris },
    });
    expect((await stream.next()).params?.['notifications']).toEqual({
      resourceSubscriptions: ['test://allowed/1'],
    });
    expect(asked).toEqual(uris);
    stream.leave();
  });

  it('hear nothing from before their acknowledgement, even while a hook decides [SUB-003]', async () => {
    let allow: (() => void) | undefined;
    const authorize = () => new Promise<boolean>((resolve) => (allow = () => resolve(true)));
    const peer = await start((options) => build({ ...options, subscriptions: { authorize } }));
    const opening = peer.open('subscriptions/listen', {
      notifications: { resourceSubscriptions: ['test://note'] },
    });
    await until(() => allow !== undefined);
    peer.server.notify.resourceUpdated('test://note');
    allow?.();
    const stream = await opening;
    expect((await stream.next()).method).toBe('notifications/subscriptions/acknowledged');
    peer.server.notify.resourceUpdated('test://note');
    expect((await stream.next()).method).toBe('notifications/resources/updated');
    stream.leave();
  });

  it('end after their time, each a little differently [SUB-004]', async () => {
    const subscriptions = { maxDurationMs: 60_000, jitter: 0.5, keepAliveMs: 15_000 };
    const peer = await start((options) => build({ ...options, subscriptions }));
    peer.environment.chance = 0;
    const long = await peer.open('subscriptions/listen', { notifications: ALL }, { id: 1 });
    await long.next();
    peer.environment.chance = 1;
    const short = await peer.open('subscriptions/listen', { notifications: ALL }, { id: 2 });
    await short.next();
    peer.environment.advance(46_000);
    expect((await short.rest()).at(-1)?.result).toMatchObject({ resultType: 'complete' });
    peer.server.notify.toolsChanged();
    expect((await long.next()).method).toBe('notifications/tools/list_changed');
    peer.environment.advance(30_000);
    expect((await long.rest()).at(-1)?.result).toMatchObject({ resultType: 'complete' });
  });

  it.each([
    ['notifications', {}],
    ['notifications', { notifications: [] }],
    ['toolsListChanged', { notifications: { toolsListChanged: 'yes' } }],
    ['resourceSubscriptions', { notifications: { resourceSubscriptions: 'test://note' } }],
    ['resourceSubscriptions', { notifications: { resourceSubscriptions: [7] } }],
  ])('refuse a filter with a bad %s', async (field, params) => {
    const peer = await start(build);
    const answer = await peer.call('subscriptions/listen', params);
    expect([answer.code, answer.why.includes(field)]).toEqual([-32602, true]);
  });

  it('are bounded in how much they follow and how many there are', async () => {
    const limits = { subscribedUris: 2, streams: 1 };
    const peer = await start((options) => build({ ...options, limits }));
    const uris = ['test://items/1', 'test://items/2', 'test://items/3'];
    const many = await peer.call('subscriptions/listen', { notifications: { resourceSubscriptions: uris } });
    expect(many.code).toBe(-32602);
    const open: Opened[] = [];
    for (const [index] of peer.servers.entries()) {
      open.push(await peer.open('subscriptions/listen', { notifications: ALL }, { id: index + 2 }));
    }
    for (const stream of open) await stream.next();
    // Every instance has its one stream when requests go round; on stdio there is one instance.
    if (peer.servers.every(({ core }) => core.runtime.hub.full)) {
      const refused = await peer.call('subscriptions/listen', { notifications: ALL }, { id: 99 });
      expect(refused.code).toBe(-32603);
    }
    for (const stream of open) stream.leave();
  });

  it('are unknown where listening is turned off', async () => {
    const peer = await start((options) => build({ ...options, limits: { streams: 0 } }));
    expect((await peer.call('subscriptions/listen', { notifications: ALL })).code).toBe(-32601);
    const { result } = await peer.call('server/discover', {}, { id: 2 });
    expect(result['capabilities']).toEqual({ tools: {}, prompts: {}, resources: {} });
  });
});

overHttp('subscriptions', (start, way) => {
  it('end with the result of their request, and with nothing else [SUB-004] [CANCEL-002] [BASE-047]', async () => {
    const peer = await start(build);
    const stream = await peer.open('subscriptions/listen', { notifications: ALL }, { id: 5 });
    await stream.next();
    await Promise.all(peer.servers.map((server) => server.close()));
    const rest = await stream.rest();
    expect(rest).toHaveLength(1);
    expect(rest[0]).toMatchObject({ id: 5, result: { resultType: 'complete' } });
    expect(idOf(rest[0] ?? {})).toBe(5);
  });

  it('reach only the tenant they concern', async () => {
    const authenticate = ({ header }: { header(name: string): string | undefined }) => {
      const tenant = header('authorization')?.replace('Bearer ', '') ?? '';
      return { issuer: 'test', subject: 'someone', tenant, scopes: [] };
    };
    const peer = await start((options) => build({ ...options, authenticate }));
    const [red, blue] = await Promise.all(
      ['red', 'blue'].map((token) => peer.open('subscriptions/listen', { notifications: ALL }, { token })),
    );
    await red?.next();
    await blue?.next();
    peer.server.notify.resourceUpdated('test://note', { tenant: 'red' });
    peer.server.notify.toolsChanged();
    expect((await red?.next())?.method).toBe('notifications/resources/updated');
    expect((await blue?.next())?.method).toBe('notifications/tools/list_changed');
    red?.leave();
    blue?.leave();
  });

  it('free what they held once the caller has gone [CANCEL-003] [CANCEL-011]', async () => {
    const peer = await start(build);
    const stream = await peer.open('subscriptions/listen', { notifications: ALL });
    await stream.next();
    const open = () => peer.servers.reduce((sum, { core }) => sum + core.runtime.hub.size, 0);
    expect(open()).toBe(1);
    stream.leave();
    await until(() => open() === 0);
    expect(peer.environment.timers).toBeLessThanOrEqual(peer.servers.length);
  });

  it('need a caller that takes an event stream [HTTP-009]', async () => {
    const peer = await start(build);
    const headers = { accept: 'application/json' };
    const answer = await peer.call('subscriptions/listen', { notifications: ALL }, { headers });
    expect([answer.status, answer.code]).toEqual([406, -32600]);
  });

  it(`are kept alive by comments, and kept from being held back (${way}) [HTTP-013]`, async () => {
    const peer = await start((options) => build({ ...options, subscriptions: { keepAliveMs: 15_000 } }));
    const { headersOf, requestOf } = await import('../../support/messages.ts');
    const message = requestOf('subscriptions/listen', { notifications: ALL });
    const response = await peer.send({ headers: headersOf(message), body: JSON.stringify(message) });
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = decoder.decode((await reader?.read())?.value);
    peer.environment.advance(15_000);
    while (!text.includes('\n:')) text += decoder.decode((await reader?.read())?.value);
    expect(text).toMatch(/^data: .*\n\n:\n\n/s);
    expect(text).not.toMatch(/^id:/m);
    await reader?.cancel();
  });
});

overStdio('subscriptions', (start) => {
  it('end with a cancellation of the listen request, then its result [CANCEL-001] [CANCEL-008] [CANCEL-009] [SUB-004]', async () => {
    const peer = await start(build);
    const stream = await peer.open('subscriptions/listen', { notifications: ALL }, { id: 'L' });
    await stream.next();
    const from = peer.received.length;
    await peer.server.close();
    await until(() => peer.received.length >= from + 2);
    expect(peer.received.slice(from)).toMatchObject([
      { method: 'notifications/cancelled', params: { requestId: 'L' } },
      { id: 'L', result: { resultType: 'complete' } },
    ]);
  });

  it('share one channel without mixing, and end one by one [STDIO-003] [CANCEL-002] [CANCEL-012]', async () => {
    const peer = await start(build);
    const a = await peer.open(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { id: 'a' },
    );
    const b = await peer.open(
      'subscriptions/listen',
      { notifications: { promptsListChanged: true } },
      { id: 'b' },
    );
    await Promise.all([a.next(), b.next()]);
    a.leave();
    await until(() => peer.server.core.runtime.hub.size === 1);
    const from = peer.received.length;
    peer.server.notify.toolsChanged();
    peer.server.notify.promptsChanged();
    await b.next();
    expect(peer.received.slice(from).map(({ method }) => method)).toEqual([
      'notifications/prompts/list_changed',
    ]);
    expect(peer.received.every(({ method, id }) => method === undefined || id === undefined)).toBe(true);
    b.leave();
  });
});

describe('a caller that does not keep up', () => {
  it('is broken off, so that it listens again', async () => {
    const server = createServer({ name: 'slow', version: '1.0.0' });
    server.registerResource('note', 'test://note', {}, () => 'ok');
    const { headersOf, requestOf } = await import('../../support/messages.ts');
    const message = requestOf('subscriptions/listen', {
      notifications: { resourceSubscriptions: ['test://note'] },
    });
    // Each header is one text here.
    const init = {
      method: 'POST',
      headers: headersOf(message) as Record<string, string>,
      body: JSON.stringify(message),
    };
    const response = await server.fetch(new Request('http://localhost/mcp', init));
    for (let i = 0; server.core.runtime.hub.size > 0 && i < 100_000; i += 1)
      server.notify.resourceUpdated('test://note');
    expect(server.core.runtime.hub.size).toBe(0);
    await expect(response.text()).rejects.toThrow();
    await server.close();
  });
});
