import type { SchemaInput } from '@switchyard/schema';
import type { Server, ServerOptions } from '@switchyard/server';
import { createServer, ProtocolError, ToolError, tokenBucket } from '@switchyard/server';
import { type } from 'arktype';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { turn } from '../../support/environment.ts';
import type { Build } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';
import type { Answer } from '../../support/peer.ts';

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'tools', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

const textOf = ({ result }: Answer): unknown => {
  const [block] = result['content'] as { text?: unknown }[]; // every result was held to its schema
  return block?.text;
};

const point = {
  type: 'object',
  properties: { x: { type: 'number' }, y: { type: 'number' } },
  required: ['x', 'y'],
};

everywhere('tools', (start) => {
  it('are declared, listed and called [TOOL-001] [TOOL-002] [BASE-001]', async () => {
    const peer = await start(
      make((server) => {
        const icons = [{ src: 'https://example.com/i.png', mimeType: 'image/png', sizes: ['48x48'] }];
        const annotations = { readOnlyHint: true, title: 'T' };
        const definition = { title: 'Sum', description: 'Adds', inputSchema: point, annotations, icons };
        server.registerTool('sum', { ...definition, _meta: { 'com.example/x': 1 } }, (args) => {
          const { x, y } = args as { x: number; y: number }; // as the schema has it
          return String(x + y);
        });
      }),
    );
    const { result } = await peer.call('server/discover');
    expect(result['capabilities']).toMatchObject({ tools: { listChanged: true } });
    const { tools } = (await peer.call('tools/list')).result;
    expect(tools).toEqual([
      {
        name: 'sum',
        title: 'Sum',
        description: 'Adds',
        inputSchema: point,
        annotations: { readOnlyHint: true, title: 'T' },
        icons: [{ src: 'https://example.com/i.png', mimeType: 'image/png', sizes: ['48x48'] }],
        _meta: { 'com.example/x': 1 },
      },
    ]);
    expect(textOf(await peer.call('tools/call', { name: 'sum', arguments: { x: 1, y: 2 } }))).toBe('3');
  });

  it('that a server does not have are unknown methods, and no capability [SCHEMA-003] [HTTP-019]', async () => {
    const peer = await start(make((server) => server.registerPrompt('p', {}, () => 'p')));
    expect((await peer.call('server/discover')).result['capabilities']).not.toHaveProperty('tools');
    for (const method of ['tools/list', 'tools/call']) {
      expect((await peer.call(method, { name: 'any' })).code).toBe(-32601);
    }
  });

  it('may all be gone: then the list is empty [TOOL-002]', async () => {
    const peer = await start(make((server) => server.registerTool('gone', {}, () => 'x').remove()));
    expect((await peer.call('tools/list')).result['tools']).toEqual([]);
    expect((await peer.call('tools/call', { name: 'gone' })).code).toBe(-32602);
  });

  it('are told apart by case, and by nothing else than their name [TOOL-008]', async () => {
    const names = ['echo', 'Echo', '__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const peer = await start(
      make((server) => names.map((name) => server.registerTool(name, {}, () => name))),
    );
    for (const name of names) expect(textOf(await peer.call('tools/call', { name }))).toBe(name);
    for (const name of ['ECHO', 'valueOf', '__defineGetter__', '', ' echo', 'echo ']) {
      expect(await peer.call('tools/call', { name })).toMatchObject({
        code: -32602,
        why: `Unknown tool: ${name}`,
      });
    }
  });

  it('that are unknown are told of in one short sentence, whatever they were called [SCHEMA-001]', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => 'x')));
    for (const name of ['two\nlines', 'x'.repeat(5000), '\u0000\u2028']) {
      const { why, code } = await peer.call('tools/call', { name });
      expect(code).toBe(-32602);
      expect(why.length).toBeLessThan(200);
      expect(why).toMatch(/^[\P{C}]+$/u);
    }
    expect((await peer.call('x'.repeat(5000))).why.length).toBeLessThan(200);
  });

  it('whose names clients may refuse come with a warning, and are served [TOOL-007] [TOOL-009] [TOOL-010]', async () => {
    const odd = ['with space', 'a,b', 'größe', 'x'.repeat(129), 'new\nline'];
    const good = ['getUser', 'DATA_EXPORT_v2', 'admin.tools.list', 'x-1', 'x'.repeat(128)];
    const peer = await start(
      make((server) => [...odd, ...good].map((name) => server.registerTool(name, {}, () => name))),
    );
    expect(new Set(peer.warnings).size).toBe(odd.length);
    for (const name of odd) {
      expect(peer.warnings.some((warning) => warning.includes(name.slice(0, 128)))).toBe(true);
      expect(textOf(await peer.call('tools/call', { name }))).toBe(name);
    }
  });

  it.each([
    ['no name', {}],
    ['a name that is no text', { name: 7 }],
    ['arguments that are a list', { name: 'sum', arguments: [] }],
    ['arguments that are a text', { name: 'sum', arguments: 'x' }],
    ['arguments that are null', { name: 'sum', arguments: null }],
  ])('are not called with %s: that is no call at all [TOOL-018]', async (_what, params) => {
    let calls = 0;
    const peer = await start(make((server) => server.registerTool('sum', {}, () => `${++calls}`)));
    expect((await peer.call('tools/call', params, { headers: { 'mcp-name': 'sum' } })).code).toBe(-32602);
    expect(calls).toBe(0);
  });

  it.each<[string, (server: Server, called: (args: unknown) => string) => unknown]>([
    ['JSON Schema', (server, called) => server.registerTool('t', { inputSchema: point }, called)],
    [
      'zod',
      (server, called) =>
        server.registerTool('t', { inputSchema: z.object({ x: z.number(), y: z.number() }) }, called),
    ],
    [
      'arktype',
      (server, called) =>
        server.registerTool('t', { inputSchema: type({ x: 'number', y: 'number' }) }, called),
    ],
    [
      'an asynchronous schema',
      (server, called) => {
        const even = z.number().refine(async (n) => turn().then(() => Number.isInteger(n)));
        return server.registerTool('t', { inputSchema: z.object({ x: z.number(), y: even }) }, called);
      },
    ],
  ])(
    'take only arguments that their %s allows; the model is told what is wrong [TOOL-018] [SCHEMA-002]',
    async (_kind, define) => {
      const seen: unknown[] = [];
      const called = (args: unknown): string => {
        seen.push(args);
        return 'called';
      };
      const peer = await start(make((server) => define(server, called)));
      for (const args of [undefined, {}, { x: 1 }, { x: '1', y: 2 }, { x: 1, y: null }]) {
        const answer = await peer.call(
          'tools/call',
          args === undefined ? { name: 't' } : { name: 't', arguments: args },
        );
        expect(answer.code).toBeUndefined();
        expect(answer.result['isError']).toBe(true);
        expect(textOf(answer)).toMatch(/^Invalid arguments for tool t: .*[xy]/);
      }
      expect(seen).toEqual([]);
      expect(textOf(await peer.call('tools/call', { name: 't', arguments: { x: 1, y: 2 } }))).toBe('called');
      expect(seen).toEqual([{ x: 1, y: 2 }]);
    },
  );

  it('hand on what their schema makes of the arguments', async () => {
    const inputSchema = z.object({ n: z.number().default(5), s: z.string().transform((s) => s.length) });
    const peer = await start(
      make((server) => server.registerTool('t', { inputSchema }, (args) => JSON.stringify(args))),
    );
    const answer = await peer.call('tools/call', { name: 't', arguments: { s: 'four', stray: 1 } });
    expect(textOf(answer)).toBe('{"n":5,"s":4}');
  });

  it('take what valibot allows, where its schema converts to JSON Schema', async () => {
    const { toStandardJsonSchema } = await import('@valibot/to-json-schema');
    const inputSchema = toStandardJsonSchema(v.object({ x: v.number() }));
    const peer = await start(make((server) => server.registerTool('t', { inputSchema }, ({ x }) => `${x}`)));
    expect(textOf(await peer.call('tools/call', { name: 't', arguments: { x: 4 } }))).toBe('4');
    expect((await peer.call('tools/call', { name: 't', arguments: { x: 'four' } })).result['isError']).toBe(
      true,
    );
  });

  it('without a schema take no arguments', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, (ctx) => ctx.method)));
    expect(textOf(await peer.call('tools/call', { name: 't', arguments: {} }))).toBe('tools/call');
    expect((await peer.call('tools/call', { name: 't', arguments: { a: 1 } })).result['isError']).toBe(true);
  });

  it.each([{ a: 1 }, [1, 2], 'text', 7, 0, false, null])(
    'repeat structured content %j as text [TOOL-016]',
    async (structuredContent) => {
      const peer = await start(
        make((server) => server.registerTool('t', { outputSchema: {} }, () => ({ structuredContent }))),
      );
      const { result } = await peer.call('tools/call', { name: 't' });
      const text = JSON.stringify(structuredContent);
      expect(result).toMatchObject({ structuredContent, content: [{ type: 'text', text }] });
    },
  );

  it('keep the text that their author gave beside structured content', async () => {
    const content = [{ type: 'text' as const, text: 'One user.' }];
    const peer = await start(
      make((server) =>
        server.registerTool('t', { outputSchema: {} }, () => ({ structuredContent: [1], content })),
      ),
    );
    expect((await peer.call('tools/call', { name: 't' })).result).toMatchObject({
      content,
      structuredContent: [1],
    });
  });

  it.each<[string, SchemaInput, unknown]>([
    ['of another shape', point, { structuredContent: { x: 1, secret: 'SECRET' } }],
    ['missing', point, { content: [{ type: 'text', text: 'SECRET' }] }],
    ['missing, with a text in its place', point, 'SECRET'],
    [
      'of another shape, found asynchronously',
      z.object({ x: z.number().refine(async () => false) }),
      { structuredContent: { x: 1, s: 'SECRET' } },
    ],
  ])(
    'never send structured content that is %s than declared [TOOL-017] [TOOL-021]',
    async (_what, outputSchema, returned) => {
      const peer = await start(
        make((server) => server.registerTool('t', { outputSchema }, () => returned as never)),
      );
      const answer = await peer.call('tools/call', { name: 't' });
      expect(answer.result).toMatchObject({ isError: true });
      expect(answer.result).not.toHaveProperty('structuredContent');
      expect(answer.text).not.toContain('SECRET');
      expect(String(peer.errors.splice(0)[0]?.error)).toContain('outputSchema');
    },
  );

  it('need not give structured content with an error', async () => {
    const content = [{ type: 'text' as const, text: 'No such city.' }];
    const peer = await start(
      make((server) =>
        server.registerTool('t', { outputSchema: point }, () => ({ isError: true as const, content })),
      ),
    );
    const { result } = await peer.call('tools/call', { name: 't' });
    expect(result).toMatchObject({ isError: true, content });
  });

  it('send what the output schema makes of the result, and nothing beside it [TOOL-021]', async () => {
    const outputSchema = z.object({ id: z.number() });
    const peer = await start(
      make((server) => {
        server.registerTool('t', { outputSchema }, () => {
          const row = { id: 1, passwordHash: 'SECRET' };
          const debug = { query: 'SECRET' };
          return { structuredContent: row, debug, _meta: { 'com.example/x': 1 } };
        });
      }),
    );
    const answer = await peer.call('tools/call', { name: 't' });
    expect(answer.result['structuredContent']).toEqual({ id: 1 });
    expect(Object.keys(answer.result).sort()).toEqual([
      '_meta',
      'content',
      'resultType',
      'structuredContent',
    ]);
    expect(answer.result['_meta']).toMatchObject({ 'com.example/x': 1 });
    expect(answer.text).not.toContain('SECRET');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 7],
    ['a list', []],
    ['an object with nothing in it', {}],
    ['content that is no list', { content: 'text' }],
    ['a block that is none', { content: ['text'] }],
    ['a block of an unknown type', { content: [{ type: 'video' }] }],
    ['a text block without text', { content: [{ type: 'text' }] }],
    ['an image that is not Base64', { content: [{ type: 'image', data: 'a b', mimeType: 'image/png' }] }],
    ['an image of no type', { content: [{ type: 'image', data: 'AAAA' }] }],
    ['audio of a type that is none', { content: [{ type: 'audio', data: 'AAAA', mimeType: 'loud' }] }],
    ['a link to nowhere', { content: [{ type: 'resource_link', name: 'a' }] }],
    ['a resource with no contents', { content: [{ type: 'resource', resource: { uri: 'a:b' } }] }],
    ['what JSON cannot carry', { content: [{ type: 'text', text: 'a', n: 1n }] }],
    ['another kind of result', { resultType: 'task', task: {} }],
  ])('whose handler returns %s fail without a word of why [TOOL-021]', async (_what, returned) => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => returned as never)));
    const answer = await peer.call('tools/call', { name: 't' });
    if (answer.code === undefined) expect(answer.result['isError']).toBe(true);
    else expect(answer.code).toBe(-32603);
    expect(peer.errors.splice(0)).toHaveLength(1);
  });

  it('return every kind of content block', async () => {
    const content = [
      { type: 'text' as const, text: 'T\u2028\u0000"' },
      { type: 'image' as const, data: 'iVBORw0KGgo=', mimeType: 'image/png', annotations: { priority: 0.5 } },
      { type: 'audio' as const, data: '', mimeType: 'audio/wav' },
      { type: 'resource_link' as const, uri: 'file:///a', name: 'a', mimeType: 'text/plain' },
      { type: 'resource' as const, resource: { uri: 'a:b', text: '' } },
      { type: 'resource' as const, resource: { uri: 'a:b', blob: 'AAAA', mimeType: 'image/svg+xml; q=1' } },
    ];
    const peer = await start(make((server) => server.registerTool('t', {}, () => ({ content }))));
    expect((await peer.call('tools/call', { name: 't' })).result['content']).toEqual(content);
  });

  it('tell the model what their author wants it to read [SCHEMA-002]', async () => {
    const peer = await start(
      make((server) => {
        server.registerTool('t', {}, () => {
          throw new ToolError('The basket has expired: make a new one.', { cause: new Error('SECRET') });
        });
      }),
    );
    const answer = await peer.call('tools/call', { name: 't' });
    expect(answer.result).toMatchObject({ isError: true });
    expect(textOf(answer)).toBe('The basket has expired: make a new one.');
    expect(answer.text).not.toContain('SECRET');
  });

  it('answer with a protocol error where their author says so, of a code that may be used [BASE-010] [BASE-011] [BASE-012] [BASE-013] [BASE-015] [BASE-016] [BASE-017] [BASE-018]', async () => {
    const peer = await start(
      make((server) => {
        server.registerTool('t', { inputSchema: { type: 'object' } }, (args) => {
          const { code, data } = args as { code: number; data?: unknown }; // as the cases send it
          throw new ProtocolError(code, 'Chosen', data);
        });
      }),
    );
    const answer = (code: number, data?: unknown) =>
      peer.call('tools/call', { name: 't', arguments: data === undefined ? { code } : { code, data } });
    for (const code of [-32602, -32603, -40000, 1, 0]) {
      expect((await answer(code, { a: 1 })).response.error).toEqual({
        code,
        message: 'Chosen',
        data: { a: 1 },
      });
    }
    const missing = { requiredCapabilities: { roots: {} } };
    expect((await answer(-32021, missing)).response.error).toMatchObject({ code: -32021, data: missing });
    for (const code of [
      -32000, -32001, -32002, -32019, -32020, -32021, -32022, -32023, -32042, -32099, 1.5,
    ]) {
      const refused = await answer(code);
      expect(refused.code ?? refused.result['isError']).toSatisfy((seen) => seen === -32603 || seen === true);
      expect(refused.text).not.toContain('Chosen');
      expect(peer.errors.splice(0)).toHaveLength(1);
    }
  });
});

overHttp('the rate', (start, way) => {
  it.each([
    ['tools/call', { name: 't' }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } }],
  ] as const)('of %s can be limited, for each caller [TOOL-020] [COMP-009]', async (method, params) => {
    if (way === 'three instances') return;
    const peer = await start((options) => {
      const now = () => options.environment.now();
      const rateLimit = tokenBucket({ perSecond: 2, burst: 3, now });
      const authenticate: ServerOptions['authenticate'] = ({ header }) => ({
        issuer: 'i',
        subject: header('authorization') ?? '',
        scopes: [],
      });
      const server = createServer(
        { name: 'tools', version: '1.0.0' },
        { ...options, rateLimit, authenticate },
      );
      server.registerTool('t', {}, () => 'x');
      server.registerPrompt('p', { argsSchema: { a: {} }, complete: { a: () => [] } }, () => 'p');
      return server;
    });
    const statuses = async (token: string, count: number) => {
      const answers: Answer[] = [];
      for (let index = 0; index < count; index += 1) answers.push(await peer.call(method, params, { token }));
      return answers;
    };
    const ada = await statuses('ada', 5);
    expect(ada.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(ada[4]?.headers.get('retry-after')).toBe('1');
    expect(ada[4]).toMatchObject({
      code: -32603,
      response: { id: 1, error: { data: { retryAfterMs: 500 } } },
    });
    expect((await statuses('eve', 1))[0]?.status).toBe(200);
    expect((await peer.call('tools/list', {}, { token: 'ada' })).status).toBe(200);
    peer.environment.advance(500);
    expect((await statuses('ada', 2)).map(({ status }) => status)).toEqual([200, 429]);
  });
});
