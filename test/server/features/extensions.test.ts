import type { Extension, Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Build } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';

const ID = 'com.example/things';
const knowing = { capabilities: { extensions: { [ID]: {} } } };

const make =
  (extension: Omit<Extension, 'id'>, define: (server: Server) => unknown = () => undefined): Build =>
  (options) => {
    const server = createServer({ name: 'extensions', version: '1.0.0' }, options);
    server.registerTool('t', {}, () => 'plain');
    server.registerExtension({ id: ID, ...extension });
    define(server);
    return server;
  };

everywhere('an extension', (start) => {
  it('is declared with its settings', async () => {
    const peer = await start(make({ settings: { max: 3 } }));
    const { result } = await peer.call('server/discover');
    expect(result['capabilities']).toMatchObject({ extensions: { [ID]: { max: 3 } } });
  });

  it('adds methods, for requests that declare it [VER-003] [BASE-045]', async () => {
    const params = z.object({ n: z.number(), s: z.string().default('s') });
    const peer = await start(
      make({
        methods: {
          'things/double': {
            params,
            handler: (given, ctx) => ({ given, method: ctx.method, token: ctx.meta['progressToken'] }),
          },
          'things/list': { handler: () => ({ things: [], resultType: 'complete' }) },
        },
      }),
    );
    const options = { ...knowing, progressToken: 5 };
    const answer = await peer.call('things/double', { n: 2, stray: 1 }, options);
    expect(answer.result).toMatchObject({
      resultType: 'complete',
      given: { n: 2, s: 's' },
      method: 'things/double',
      token: 5,
    });
    expect(answer.result['given']).not.toHaveProperty('_meta');
    const bad = await peer.call('things/double', { n: 'two' }, options);
    expect(bad).toMatchObject({ code: -32602, why: expect.stringContaining('n') });
    for (const capabilities of [{}, { extensions: {} }, { extensions: { 'com.example/other': {} } }]) {
      const undeclared = await peer.call('things/list', {}, { capabilities });
      expect(undeclared.response.error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { [ID]: {} } } },
      });
    }
    expect((await peer.call('things/other', {}, knowing)).code).toBe(-32601);
    expect((await peer.call('tools/call', { name: 't' })).result).toMatchObject({
      content: [{ text: 'plain' }],
    });
  });

  it('goes around operations inside the server’s own middleware, for requests that declare it', async () => {
    const seen: string[] = [];
    const peer = await start(
      make(
        {
          around: async ({ name }, next) => {
            seen.push(`around ${name}`);
            return next();
          },
        },
        (server) =>
          server.use((_call, next) => {
            seen.push('middleware');
            return next();
          }),
      ),
    );
    await peer.call('tools/call', { name: 't' });
    expect(seen.splice(0)).toEqual(['middleware']);
    await peer.call('tools/call', { name: 't' }, knowing);
    expect(seen).toEqual(['middleware', 'around t']);
  });

  it('has results of its own types, sent only where it is declared [BASE-008]', async () => {
    const around: Extension['around'] = () => ({ resultType: 'thing', thing: 1 });
    const peer = await start(
      make({ resultTypes: ['thing'] }, (server) => server.use((call, next) => around(call, next))),
    );
    const known = await peer.call('tools/call', { name: 't' }, knowing);
    expect(known.result).toMatchObject({ resultType: 'thing', thing: 1 });
    const unknown = await peer.call('tools/call', { name: 't' });
    expect(unknown.code).toBe(-32603);
    expect(peer.errors.splice(0)).toHaveLength(1);
  });

  it('cannot ask for input from its methods, nor by a name of its own [MRTR-002]', async () => {
    const handler = () => ({ resultType: 'input_required', requestState: 'x' });
    const peer = await start(make({ methods: { 'things/ask': { handler } } }));
    expect((await peer.call('things/ask', {}, knowing)).code).toBe(-32603);
    expect(peer.errors.splice(0)).toHaveLength(1);
  });

  it('adds fields to what can be listened to, for requests that declare it [SUB-001] [BASE-050]', async () => {
    const peer = await start(
      make({
        listen: {
          things: {
            accept: (wish, ctx) => {
              expect(ctx.method).toBe('subscriptions/listen');
              const names = (wish as string[]).filter((name) => name !== 'hidden'); // as the cases send it
              const initial = [{ method: 'notifications/things/state', params: { names } }];
              return { agreed: names, topics: names.map((name) => `thing:${name}`), initial };
            },
          },
          never: { accept: () => ({ topics: [] }) },
        },
      }),
    );
    const notifications = { things: ['a', 'hidden'], never: true, toolsListChanged: true };
    const stream = await peer.open('subscriptions/listen', { notifications }, { ...knowing, id: 'L' });
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'L' };
    expect(await stream.next()).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true, things: ['a'] }, _meta },
    });
    expect(await stream.next()).toMatchObject({
      method: 'notifications/things/state',
      params: { names: ['a'], _meta },
    });
    const tell = (name: string) =>
      peer.server.notify.publish(`thing:${name}`, {
        method: 'notifications/things/changed',
        params: { name },
      });
    for (const name of ['hidden', 'other', 'a']) tell(name);
    expect(await stream.next()).toMatchObject({ params: { name: 'a', _meta } });
    stream.leave();
    const plain = await peer.open('subscriptions/listen', { notifications }, { id: 'M' });
    expect((await plain.next()).params).toMatchObject({ notifications: { toolsListChanged: true } });
    plain.leave();
  });
});

overHttp('an extension', (start) => {
  it('names the parameter that Mcp-Name mirrors', async () => {
    const handler = (params: Readonly<Record<string, unknown>>) => ({ got: params['thingId'] });
    const peer = await start(make({ methods: { 'things/get': { nameParam: 'thingId', handler } } }));
    const get = (thingId: unknown, name: string | undefined) =>
      peer.call('things/get', { thingId }, { ...knowing, headers: { 'mcp-name': name } });
    expect((await get('a', 'a')).result).toMatchObject({ got: 'a' });
    expect((await get('é', '=?base64?w6k=?=')).result).toMatchObject({ got: 'é' });
    for (const name of ['b', undefined, 'A']) expect((await get('a', name)).code).toBe(-32020);
    expect((await get(7, '7')).code).toBe(-32602);
  });
});

describe('an extension is refused', () => {
  const server = () => createServer({ name: 'extensions', version: '1.0.0' });
  const handler = () => ({});

  it.each<[string, Omit<Extension, 'id'>]>([
    ['redefines a method of the core', { methods: { 'tools/call': { handler } } }],
    ['brings the handshake back', { methods: { initialize: { handler } } }],
    ['is called like a notification of the core', { methods: { 'notifications/cancelled': { handler } } }],
    [
      'redefines a field of the listen filter',
      { listen: { resourceSubscriptions: { accept: () => ({ topics: [] }) } } },
    ],
    ['claims a type of result of the core', { resultTypes: ['input_required'] }],
  ])('that %s', (_what, extension) => {
    expect(() => server().registerExtension({ id: ID, ...extension })).toThrow(TypeError);
  });

  it('that is there already, or adds what another one adds', () => {
    const one = server();
    const listen = { f: { accept: () => ({ topics: [] }) } };
    one.registerExtension({ id: ID, methods: { 'm/m': { handler } }, listen });
    expect(() => one.registerExtension({ id: ID })).toThrow(TypeError);
    expect(() => one.registerExtension({ id: 'com.example/two', methods: { 'm/m': { handler } } })).toThrow(
      TypeError,
    );
    expect(() => one.registerExtension({ id: 'com.example/two', listen })).toThrow(TypeError);
  });
});
