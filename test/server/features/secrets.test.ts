import type { RequestContext, Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Build } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';
import type { Answer, Peer } from '../../support/peer.ts';

/** What must never be seen on the wire, wherever it is planted. */
const SECRET = 'hunter2-SECRET';

class SecretError extends Error {
  override readonly name = `E-${SECRET}`;
  readonly query = `select '${SECRET}'`;
  readonly data = { password: SECRET };
  readonly code = SECRET;
  constructor() {
    super(`cannot connect to postgres://admin:${SECRET}@db`, { cause: new Error(SECRET) });
    this.stack = `at ${SECRET}`;
  }
  toJSON() {
    return { secret: SECRET };
  }
  override toString() {
    return SECRET;
  }
}

const THROWN: readonly [string, () => unknown][] = [
  ['an error', () => new SecretError()],
  ['a text', () => SECRET],
  ['an object', () => ({ message: SECRET, code: -32602, data: SECRET })],
  [
    'an object that looks like a protocol error',
    () => Object.assign(new Error(SECRET), { code: -32602, name: 'ProtocolError' }),
  ],
  ['several errors', () => new AggregateError([new SecretError()], SECRET)],
];

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'secrets', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

type Fail = (ctx?: RequestContext) => never;

/** A Standard Schema whose validation fails later. zod tries without waiting first, and leaves such a failure unhandled. */
const asynchronous = (fail: Fail) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: async () => fail(),
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  },
});

/** Every place where an author's code runs, with a request that makes it run. */
const PLACES: readonly [
  string,
  (fail: Fail) => (server: Server) => unknown,
  string,
  Readonly<Record<string, unknown>>,
][] = [
  [
    'a tool',
    (fail) => (server) => server.registerTool('x', {}, (ctx) => fail(ctx)),
    'tools/call',
    { name: 'x' },
  ],
  [
    'an asynchronous tool',
    (fail) => (server) => server.registerTool('x', {}, async (ctx) => fail(ctx)),
    'tools/call',
    { name: 'x' },
  ],
  [
    'a tool that has begun to stream',
    (fail) => (server) =>
      server.registerTool('x', {}, async (ctx) => {
        ctx.progress(1);
        return fail(ctx);
      }),
    'tools/call',
    { name: 'x' },
  ],
  [
    'a step',
    (fail) => (server) => server.registerTool('x', {}, (ctx) => ctx.step('s', () => fail(ctx))),
    'tools/call',
    { name: 'x' },
  ],
  [
    'the schema of a tool',
    (fail) => (server) =>
      server.registerTool(
        'x',
        { inputSchema: z.object({ a: z.string().transform(() => fail()) }) },
        () => '',
      ),
    'tools/call',
    { name: 'x', arguments: { a: '' } },
  ],
  [
    'the asynchronous schema of a tool',
    (fail) => (server) => server.registerTool('x', { inputSchema: asynchronous(fail) }, () => ''),
    'tools/call',
    { name: 'x', arguments: { a: '' } },
  ],
  [
    'the output schema of a tool',
    (fail) => (server) =>
      server.registerTool('x', { outputSchema: z.object({}).refine(() => fail()) }, () => ({
        structuredContent: {},
      })),
    'tools/call',
    { name: 'x' },
  ],
  [
    'who may see a tool',
    (fail) => (server) => server.registerTool('x', { visible: () => fail() }, () => ''),
    'tools/call',
    { name: 'x' },
  ],
  [
    'who may see a tool, in a list',
    (fail) => (server) => server.registerTool('x', { visible: () => fail() }, () => ''),
    'tools/list',
    {},
  ],
  [
    'a prompt',
    (fail) => (server) => server.registerPrompt('x', {}, (ctx) => fail(ctx)),
    'prompts/get',
    { name: 'x' },
  ],
  [
    'the schema of a prompt',
    (fail) => (server) =>
      server.registerPrompt(
        'x',
        { argsSchema: z.object({ a: z.string().transform(() => fail()) }) },
        () => '',
      ),
    'prompts/get',
    { name: 'x', arguments: { a: '' } },
  ],
  [
    'a resource',
    (fail) => (server) => server.registerResource('x', 'x:y', {}, () => fail()),
    'resources/read',
    { uri: 'x:y' },
  ],
  [
    'a template',
    (fail) => (server) => server.registerResourceTemplate('x', 'x:{y}', {}, async () => fail()),
    'resources/read',
    { uri: 'x:y' },
  ],
  [
    'a completer',
    (fail) => (server) =>
      server.registerPrompt('x', { argsSchema: { a: {} }, complete: { a: () => fail() } }, () => ''),
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: '' } },
  ],
  [
    'a method of an extension',
    (fail) => (server) =>
      server.registerExtension({ id: 'com.example/x', methods: { 'x/do': { handler: () => fail() } } }),
    'x/do',
    {},
  ],
  [
    'what goes around, for an extension',
    (fail) => (server) => server.registerExtension({ id: 'com.example/x', around: () => fail() }),
    'server/discover',
    {},
  ],
  [
    'a field of the listen filter',
    (fail) => (server) =>
      server.registerExtension({ id: 'com.example/x', listen: { mine: { accept: () => fail() } } }),
    'subscriptions/listen',
    { notifications: { mine: true } },
  ],
  ['middleware', (fail) => (server) => server.use(() => fail()), 'server/discover', {}],
  [
    'middleware, behind the operation',
    (fail) => (server) =>
      server.use(async (_call, next) => {
        await next();
        return fail();
      }),
    'server/discover',
    {},
  ],
];

const reach = (peer: Peer, method: string, params: Readonly<Record<string, unknown>>): Promise<Answer> =>
  peer.call(method, params, { capabilities: { extensions: { 'com.example/x': {} } }, progressToken: 1 });

function holdsNoSecret({ text, headers }: Answer): void {
  expect(text).not.toContain('SECRET');
  expect(JSON.stringify([...headers])).not.toContain('SECRET');
  expect(text).not.toMatch(/\.ts|node_modules|\bat /);
}

everywhere('a secret in what is thrown', (start) => {
  it.each(PLACES)(
    'by %s does not reach the wire, but the operator [TOOL-021] [LOG-009] [PROMPT-010] [RES-009] [COMP-005]',
    async (_place, define, method, params) => {
      for (const [, made] of THROWN) {
        const thrown = made();
        const peer = await start(
          make(
            define(() => {
              throw thrown;
            }),
            { logging: true },
          ),
        );
        const answer = await reach(peer, method, params);
        holdsNoSecret(answer);
        const failed = answer.code === -32603 || answer.result['isError'] === true;
        expect(failed, answer.text).toBe(true);
        const [reported, ...others] = peer.errors.splice(0);
        expect(others).toEqual([]);
        expect(reported?.error).toBe(thrown);
        expect(answer.text).toContain(reported?.reference);
      }
    },
  );
});

overHttp('a secret in what is thrown', (start) => {
  const failing = (options: ServerOptions) =>
    make((server) => {
      server.registerTool(
        'x',
        {},
        async (ctx) =>
          (await ctx.elicit({ message: 'm', requestedSchema: { type: 'object', properties: {} } })).action,
      );
      server.registerResource('x', 'x:y', {}, () => '');
    }, options);

  const fail = (): never => {
    throw new SecretError();
  };

  it.each<[string, ServerOptions, number, string, Readonly<Record<string, unknown>>]>([
    ['authenticate', { authenticate: fail }, 503, 'tools/call', { name: 'x' }],
    ['authenticate, later', { authenticate: async () => fail() }, 503, 'tools/call', { name: 'x' }],
    [
      'authenticate, with a challenge that is none',
      { authenticate: () => ({ denied: true, status: 401, challenge: `a\r\n${SECRET}` }) },
      503,
      'tools/call',
      { name: 'x' },
    ],
    [
      'authenticate, as a principal that is none',
      { authenticate: () => SECRET as never },
      503,
      'tools/call',
      { name: 'x' },
    ],
    ['the rate limiter', { rateLimit: { take: fail } }, 200, 'tools/call', { name: 'x' }],
    [
      'the subscription hook',
      { subscriptions: { authorize: fail } },
      200,
      'subscriptions/listen',
      { notifications: { resourceSubscriptions: ['x:y'] } },
    ],
    [
      'the bus',
      { bus: { publish: fail, subscribe: fail } },
      200,
      'subscriptions/listen',
      { notifications: { resourcesListChanged: true } },
    ],
  ])('by %s does not reach the wire, but the operator', async (_place, options, status, method, params) => {
    const peer = await start(failing(options));
    const answer = await reach(peer, method, params);
    holdsNoSecret(answer);
    expect(answer.status).toBe(status);
    expect(answer.messages.at(-1)?.error?.code).toBe(-32603);
    expect(peer.errors.splice(0)).toHaveLength(1);
  });

  it('by the operator’s own ears is not sent either, and takes no answer with it', async () => {
    const heard: unknown[] = [];
    const original = console.error;
    console.error = (...args: unknown[]) => void heard.push(args);
    try {
      for (const onError of [fail, async () => fail()]) {
        const peer = await start(make((server) => server.registerTool('x', {}, () => fail()), { onError }));
        const answer = await reach(peer, 'tools/call', { name: 'x' });
        holdsNoSecret(answer);
        expect(answer.result['isError']).toBe(true);
      }
      const peer = await start(
        make((server) => server.registerTool('bad name', {}, () => ''), { onWarning: fail }),
      );
      expect((await reach(peer, 'tools/call', { name: 'bad name' })).result).toMatchObject({
        content: [{ text: '' }],
      });
    } finally {
      console.error = original;
    }
    expect(heard.length).toBeGreaterThanOrEqual(3);
  });

  it('by a schema that cannot be compiled is not told to callers', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'secrets', version: '1.0.0' }, options);
      server.registerTool('x', {}, () => 'works');
      return server;
    });
    for (const server of peer.servers) await server.ready();
    expect((await reach(peer, 'tools/call', { name: 'x' })).result).toMatchObject({
      content: [{ text: 'works' }],
    });
    const params = {
      '~standard': {
        version: 1,
        vendor: SECRET,
        get validate() {
          return fail();
        },
      },
    } as never;
    for (const server of peer.servers) {
      server.registerExtension({
        id: 'com.example/bad',
        methods: { 'bad/do': { params, handler: () => ({}) } },
      });
      await expect(server.ready()).rejects.toThrow();
    }
    const answer = await reach(peer, 'tools/call', { name: 'x' });
    expect(answer.result, 'what was served before is served on').toMatchObject({
      content: [{ text: 'works' }],
    });
    expect(peer.errors.splice(0)).toHaveLength(peer.servers.length);
  });
});
