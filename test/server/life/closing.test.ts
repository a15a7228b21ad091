import type { Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import { turn, until } from '../../support/environment.ts';
import type { Build } from '../../support/matrix.ts';
import { overHttp } from '../../support/matrix.ts';

interface Gate {
  readonly entered: () => number;
  open(): void;
  pass(): Promise<void>;
}

function gate(): Gate {
  let entered = 0;
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  const pass = (): Promise<void> => {
    entered += 1;
    return passed;
  };
  return { entered: () => entered, open: () => open(), pass };
}

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'closing', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

const everyServer = (servers: readonly Server[], timeoutMs = 1000) =>
  Promise.all(servers.map((server) => server.close({ timeoutMs })));

overHttp('closing', (start) => {
  it('lets what is under way finish, and sends others elsewhere', async () => {
    const slow = gate();
    const peer = await start(
      make((server) =>
        server.registerTool('slow', {}, async (ctx) => {
          ctx.progress(1);
          await slow.pass();
          ctx.progress(2);
          return 'finished';
        }),
      ),
    );
    const answer = peer.call('tools/call', { name: 'slow' }, { progressToken: 1 });
    await until(() => slow.entered() === 1);
    const closing = everyServer(peer.servers);
    for (const _server of peer.servers) {
      const refused = await peer.call('tools/list');
      expect(refused).toMatchObject({ status: 503, code: -32603 });
      expect(refused.headers.get('retry-after')).toBe('1');
    }
    slow.open();
    await closing;
    expect((await answer).messages).toMatchObject([
      { params: { progress: 1 } },
      { params: { progress: 2 } },
      { result: { content: [{ text: 'finished' }] } },
    ]);
  });

  it('stops what takes too long, and tells its caller', async () => {
    const never = gate();
    let reason: unknown;
    const peer = await start(
      make((server) =>
        server.registerTool('slow', {}, async ({ signal }) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          await never.pass();
          return 'too late';
        }),
      ),
    );
    const answer = peer.call('tools/call', { name: 'slow' });
    await until(() => never.entered() === 1);
    const closing = everyServer(peer.servers, 5000);
    peer.environment.advance(4999);
    expect(reason).toBeUndefined();
    peer.environment.advance(1);
    await closing;
    expect(await answer).toMatchObject({ code: -32603, why: 'The server is shutting down.' });
    expect(String(reason)).toContain('shutting down');
    never.open();
  });

  it('ends every listen stream with its result [SUB-004]', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => 'x')));
    const filter = { notifications: { toolsListChanged: true } };
    const streams = [
      await peer.open('subscriptions/listen', filter, { id: 'a' }),
      await peer.open('subscriptions/listen', filter, { id: 'b' }),
    ];
    for (const stream of streams) await stream.next();
    await everyServer(peer.servers);
    for (const [index, stream] of streams.entries()) {
      const [result, ...more] = await stream.rest();
      expect(result).toMatchObject({ id: ['a', 'b'][index], result: { resultType: 'complete' } });
      expect(more).toEqual([]);
    }
  });

  it('opens no stream any more that was still being agreed on', async () => {
    const hook = gate();
    const subscriptions = {
      authorize: async () => {
        await hook.pass();
        return true;
      },
    };
    const peer = await start(
      make((server) => server.registerResource('r', 'a:b', {}, () => 'x'), { subscriptions }),
    );
    const answer = peer.call('subscriptions/listen', { notifications: { resourceSubscriptions: ['a:b'] } });
    await until(() => hook.entered() === 1);
    const closing = everyServer(peer.servers);
    hook.open();
    expect(await answer).toMatchObject({ code: -32603, why: 'The server is shutting down.' });
    await closing;
    expect(peer.servers.every(({ core }) => core.runtime.hub.size === 0)).toBe(true);
  });

  it('does not wait for a caller who is being identified for ever', async () => {
    const hook = gate();
    const authenticate: ServerOptions['authenticate'] = async () => {
      await hook.pass();
      return undefined;
    };
    const peer = await start(make((server) => server.registerTool('t', {}, () => 'x'), { authenticate }));
    const answer = peer.call('tools/list');
    await until(() => hook.entered() === 1);
    const closing = everyServer(peer.servers, 100);
    peer.environment.advance(100);
    await closing;
    expect(await answer).toMatchObject({ status: 503, code: -32603 });
    hook.open();
  });

  it('leaves no timer behind', async () => {
    const slow = gate();
    const peer = await start(
      make((server) => server.registerTool('slow', {}, async () => slow.pass().then(() => 'x'))),
    );
    const stream = await peer.open(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { id: 9 },
    );
    await stream.next();
    const answer = peer.call('tools/call', { name: 'slow' });
    await until(() => slow.entered() === 1);
    slow.open();
    await answer;
    await everyServer(peer.servers);
    peer.environment.advance(1000);
    expect(peer.environment.timers).toBe(0);
    await stream.rest();
  });
});

overHttp('limits', (start, way) => {
  it('send callers elsewhere beyond so many operations at once', async () => {
    if (way === 'three instances') return;
    const slow = gate();
    const peer = await start(
      make((server) => server.registerTool('slow', {}, async () => slow.pass().then(() => 'x')), {
        limits: { operations: 2 },
      }),
    );
    const busy = [peer.call('tools/call', { name: 'slow' }), peer.call('tools/call', { name: 'slow' })];
    await until(() => slow.entered() === 2);
    const refused = await peer.call('tools/list');
    expect(refused).toMatchObject({ status: 503, code: -32603 });
    expect(refused.headers.get('retry-after')).toBe('1');
    slow.open();
    await Promise.all(busy);
    expect((await peer.call('tools/list')).status).toBe(200);
  });

  it('stop an operation that takes too long, and one that cannot be identified', async () => {
    const slow = gate();
    const hook = gate();
    let wait = false;
    const authenticate: ServerOptions['authenticate'] = async () => {
      if (wait) await hook.pass();
      return { issuer: 'i', subject: 's', scopes: [] };
    };
    const peer = await start(
      make((server) => server.registerTool('slow', {}, async () => slow.pass().then(() => 'too late')), {
        limits: { operationMs: 3000 },
        authenticate,
      }),
    );
    const answer = peer.call('tools/call', { name: 'slow' });
    await until(() => slow.entered() === 1);
    peer.environment.advance(4000);
    expect(await answer).toMatchObject({ status: 200, code: -32603, response: { id: 1 } });
    slow.open();
    wait = true;
    const unknown = peer.call('tools/call', { name: 'slow' });
    await until(() => hook.entered() === 1);
    peer.environment.advance(4000);
    expect(await unknown).toMatchObject({ status: 503, code: -32603 });
    hook.open();
    await turn();
    expect(slow.entered(), 'nothing is done for a caller who was turned away').toBe(1);
  });

  it.each<[string, ServerOptions]>([
    ['a limit that is none', { limits: { bodyBytes: -1 } }],
    ['a limit that is a fraction', { limits: { depth: 1.5 } }],
    ['an unknown limit', { limits: { size: 1 } as never }],
    ['pages of no size', { pageSize: -1 }],
    ['a time to live that is none', { requestState: { ttlMs: 0 } }],
    ['a host with a port', { allowedHosts: ['a.example:80'] }],
    ['an origin with a path', { allowedOrigins: ['https://a.example/b'] }],
    ['streams that are kept alive all the time', { subscriptions: { keepAliveMs: 0 } }],
    ['streams that end before they begin', { subscriptions: { maxDurationMs: -1 } }],
    ['jitter beyond the whole time', { subscriptions: { jitter: 1 } }],
  ])('and other options are checked at once: %s', (_what, options) => {
    expect(() => createServer({ name: 'x', version: '1' }, options)).toThrow(TypeError);
  });

  it('stop a server with keys that are none before it serves', async () => {
    const server = createServer({ name: 'x', version: '1' }, { requestState: { keys: 'k1:short' } });
    await expect(server.ready()).rejects.toThrow(TypeError);
  });
});
