import type { OperationCall, Server, ServerOptions } from '@switchyard/server';
import { createServer, ProtocolError } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { Build } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'middleware', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

everywhere('middleware', (start) => {
  it('goes around every operation but listening, the first registered outermost', async () => {
    const seen: string[] = [];
    const peer = await start(
      make((server) => {
        for (const name of ['outer', 'inner']) {
          server.use(async ({ method }, next) => {
            seen.push(`${name} ${method}`);
            const result = await next();
            seen.push(`${name} done`);
            return result;
          });
        }
        server.registerTool('t', {}, () => {
          seen.push('tool');
          return 'x';
        });
      }),
    );
    await peer.call('tools/call', { name: 't' });
    expect(seen).toEqual(['outer tools/call', 'inner tools/call', 'tool', 'inner done', 'outer done']);
    const stream = await peer.open('subscriptions/listen', { notifications: {} }, { id: 7 });
    await stream.next();
    stream.leave();
    expect(seen).toHaveLength(5);
  });

  it('sees what is called, by whom and with what', async () => {
    const seen: Omit<OperationCall, 'ctx'>[] = [];
    const peer = await start(
      make((server) => {
        server.use(({ ctx, ...call }, next) => {
          expect(ctx.id).toBe(1);
          expect(ctx.principal).toMatchObject({ subject: '' });
          seen.push(call);
          return next();
        });
        const extensions = { 'com.example/x': { price: 3 } };
        server.registerTool('t', { inputSchema: { type: 'object' }, extensions }, () => 'x');
        server.registerResource('r', 'app://r', {}, () => 'x');
        server.registerPrompt('p', {}, () => 'x');
      }),
    );
    await peer.call('tools/call', { name: 't', arguments: { a: 1 } });
    await peer.call('resources/read', { uri: 'app://r' });
    await peer.call('prompts/get', { name: 'p' });
    await peer.call('tools/list');
    expect(seen).toMatchObject([
      {
        method: 'tools/call',
        name: 't',
        params: { arguments: { a: 1 } },
        toolExtensions: { 'com.example/x': { price: 3 } },
      },
      { method: 'resources/read', name: 'app://r', toolExtensions: undefined },
      { method: 'prompts/get', name: 'p' },
      { method: 'tools/list', name: undefined },
    ]);
  });

  it('comes after the ladder: what is refused there never reaches it', async () => {
    let seen = 0;
    const peer = await start(
      make((server) => {
        server.use((_call, next) => {
          seen += 1;
          return next();
        });
        server.registerTool('t', { visible: () => false }, () => 'x');
      }),
    );
    for (const [method, params] of [
      ['tools/call', { name: 't' }],
      ['tools/call', {}],
      ['no/such', {}],
      ['tools/list', { cursor: 7 }],
    ] as const) {
      const answer = await peer.call(method, params, { headers: { 'mcp-name': 't' } });
      expect(answer.code).toBeDefined();
    }
    expect(seen).toBe(0);
  });

  it('may answer itself, change the answer, call twice, or refuse', async () => {
    let calls = 0;
    const peer = await start(
      make((server) => {
        server.use(async ({ name }, next) => {
          if (name === 'cached')
            return { resultType: 'complete', content: [{ type: 'text', text: 'cached' }] };
          if (name === 'refused') throw new ProtocolError(403, 'Not today', { until: 'tomorrow' });
          if (name === 'twice') await next();
          const result = await next();
          return name === 'changed' ? { ...result, content: [{ type: 'text', text: 'changed' }] } : result;
        });
        for (const name of ['cached', 'refused', 'twice', 'changed', 'plain']) {
          server.registerTool(name, {}, () => `call ${++calls}`);
        }
      }),
    );
    const call = (name: string) => peer.call('tools/call', { name });
    expect((await call('plain')).result).toMatchObject({ content: [{ text: 'call 1' }] });
    expect((await call('cached')).result).toMatchObject({ content: [{ text: 'cached' }] });
    expect((await call('refused')).response.error).toEqual({
      code: 403,
      message: 'Not today',
      data: { until: 'tomorrow' },
    });
    expect((await call('twice')).result).toMatchObject({ content: [{ text: 'call 3' }] });
    expect((await call('changed')).result).toMatchObject({ content: [{ text: 'changed' }] });
    expect(calls).toBe(4);
  });

  it.each([undefined, null, 7, 'text'])(
    'that returns %j instead of a result fails; nobody waits for ever',
    async (returned) => {
      const peer = await start(
        make((server) => {
          server.use(async (_call, next) => {
            await next();
            return returned as never;
          });
        }),
      );
      expect((await peer.call('server/discover')).code).toBe(-32603);
      expect(String(peer.errors.splice(0)[0]?.error)).toContain('server/discover');
    },
  );

  it('completes results that do not say what they are', async () => {
    const peer = await start(
      make((server) => {
        server.use(() => ({ content: [] }) as never);
        server.registerTool('t', {}, () => 'x');
      }),
    );
    expect((await peer.call('tools/call', { name: 't' })).result).toMatchObject({
      resultType: 'complete',
      content: [],
    });
  });

  it('cannot spoil a list for others: what it gets is frozen through and through', async () => {
    const attempts: ((result: never) => unknown)[] = [
      ({ tools }: { tools: unknown[] }) => tools.pop(),
      ({ tools: [tool] }: { tools: { name: string }[] }) => Object.assign(tool ?? {}, { name: 'evil' }),
      ({ tools: [tool] }: { tools: { inputSchema: object }[] }) =>
        Object.assign(tool?.inputSchema ?? {}, { type: 'array' }),
      (result: { ttlMs: number }) => Object.assign(result, { ttlMs: 1 }),
    ];
    let attempt: ((result: never) => unknown) | undefined;
    const peer = await start(
      make((server) => {
        server.use(async (_call, next) => {
          const result = await next();
          attempt?.(result as never);
          return result;
        });
        server.registerTool('t', {}, () => 'x');
      }),
    );
    const before = (await peer.call('tools/list')).text;
    for (const one of attempts) {
      attempt = one;
      expect((await peer.call('tools/list')).code).toBe(-32603);
      expect(peer.errors.splice(0)).toHaveLength(1);
    }
    attempt = undefined;
    expect((await peer.call('tools/list')).text).toBe(before);
  });

  it('leaves ready-made answers as they are, to the byte', async () => {
    const define = (server: Server) => {
      for (let index = 0; index < 60; index += 1) {
        server.registerTool(`tool-${index}`, { description: 'é'.repeat(50) }, () => 'x');
      }
    };
    const plain = await start(make(define));
    const around = await start(
      make((server) => {
        define(server);
        server.use((_call, next) => next());
      }),
    );
    for (const method of ['tools/list', 'server/discover']) {
      expect((await around.call(method)).text).toBe((await plain.call(method)).text);
    }
  });
});

overHttp('middleware', (start) => {
  it('that shows callers different lists makes them private, whatever the server said [CACHE-006]', async () => {
    const cacheHints = { 'tools/list': { ttlMs: 9, cacheScope: 'public' as const } };
    const authenticate: ServerOptions['authenticate'] = ({ header }) => ({
      issuer: 'i',
      subject: header('authorization') ?? '',
      scopes: [],
    });
    const peer = await start(
      make(
        (server) => {
          server.use(async ({ ctx, method }, next) => {
            const result = await next();
            if (method !== 'tools/list' || ctx.principal.subject === 'Bearer admin') return result;
            const tools = result['tools'] as { name: string }[]; // as listed
            return { ...result, tools: tools.filter(({ name }) => name !== 'admin') };
          });
          server.registerTool('admin', {}, () => 'x');
          server.registerTool('all', {}, () => 'x');
        },
        { cacheHints, authenticate },
      ),
    );
    const names = async (token: string) => {
      const { result } = await peer.call('tools/list', {}, { token });
      return [
        (result['tools'] as { name: string }[]).map(({ name }) => name),
        result['cacheScope'],
        result['ttlMs'],
      ];
    };
    expect(await names('user')).toEqual([['all'], 'private', 9]);
    expect(await names('admin')).toEqual([['admin', 'all'], 'public', 9]);
    expect(await names('user')).toEqual([['all'], 'private', 9]);
  });
});
