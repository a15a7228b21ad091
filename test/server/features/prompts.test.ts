import type { PromptReturn, Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Build } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';

const make =
  (define: (server: Server) => unknown): Build =>
  (options) => {
    const server = createServer({ name: 'prompts', version: '1.0.0' }, options);
    define(server);
    return server;
  };

const text = (value: string) => ({ role: 'user' as const, content: { type: 'text' as const, text: value } });

everywhere('prompts', (start) => {
  it('are declared, listed and got [PROMPT-001] [PROMPT-002] [PROMPT-012]', async () => {
    const argsSchema = { code: { title: 'Code', description: 'To review', required: true }, style: {} };
    const peer = await start(
      make((server) => {
        const icons = [{ src: 'https://example.com/r.svg' }];
        const definition = { title: 'Review', description: 'Reviews', argsSchema, icons };
        server.registerPrompt('review', definition, ({ code, style }) => `${style ?? 'Plainly'}: ${code}`);
      }),
    );
    const { result } = await peer.call('server/discover');
    expect(result['capabilities']).toMatchObject({ prompts: { listChanged: true } });
    expect((await peer.call('prompts/list')).result['prompts']).toEqual([
      {
        name: 'review',
        title: 'Review',
        description: 'Reviews',
        arguments: [
          { name: 'code', title: 'Code', description: 'To review', required: true },
          { name: 'style' },
        ],
        icons: [{ src: 'https://example.com/r.svg' }],
      },
    ]);
    const got = await peer.call('prompts/get', { name: 'review', arguments: { code: 'x = 1' } });
    expect(got.result).toMatchObject({ description: 'Reviews', messages: [text('Plainly: x = 1')] });
    expect(got.result).not.toHaveProperty('ttlMs');
  });

  it('that a server does not have are unknown methods, and no capability [PROMPT-012]', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => 't')));
    expect((await peer.call('server/discover')).result['capabilities']).not.toHaveProperty('prompts');
    for (const method of ['prompts/list', 'prompts/get']) {
      expect((await peer.call(method, { name: 'p' })).code).toBe(-32601);
    }
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['an unknown name', { name: 'other', arguments: { a: 'x' } }],
    ['the name of a prototype', { name: 'constructor' }],
    ['no name', { arguments: { a: 'x' } }],
    ['a required argument missing', { name: 'p', arguments: { b: 'x' } }],
    ['no arguments', { name: 'p' }],
    ['a number for an argument', { name: 'p', arguments: { a: 7 } }],
    ['null for an argument', { name: 'p', arguments: { a: null } }],
    ['an argument that it does not have', { name: 'p', arguments: { a: 'x', c: 'y' } }],
    ['a list of arguments', { name: 'p', arguments: ['x'] }],
  ])('are not got with %s [PROMPT-008] [PROMPT-009] [PROMPT-011] [PROMPT-013]', async (_what, params) => {
    let calls = 0;
    const peer = await start(
      make((server) => {
        server.registerPrompt('p', { argsSchema: { a: { required: true }, b: {} } }, () => `${++calls}`);
      }),
    );
    const answer = await peer.call('prompts/get', params, {
      headers: { 'mcp-name': String(params['name']) },
    });
    expect(answer.code).toBe(-32602);
    expect(calls).toBe(0);
    expect((await peer.call('prompts/get', { name: 'p', arguments: { a: '' } })).code).toBeUndefined();
  });

  it('hold arguments to a schema where there is one, and hand on what it makes of them [PROMPT-011]', async () => {
    const argsSchema = z.object({
      n: z.string().regex(/^\d+$/).transform(Number).describe('How many'),
      s: z.string().optional(),
    });
    const peer = await start(
      make((server) => server.registerPrompt('p', { argsSchema }, ({ n }) => String(n + 1))),
    );
    const { prompts } = (await peer.call('prompts/list')).result;
    expect(prompts).toEqual([
      {
        name: 'p',
        arguments: [
          { name: 'n', description: 'How many', required: true },
          { name: 's', required: false },
        ],
      },
    ]);
    const good = await peer.call('prompts/get', { name: 'p', arguments: { n: '41' } });
    expect(good.result).toMatchObject({ messages: [text('42')] });
    const bad = await peer.call('prompts/get', { name: 'p', arguments: { n: 'many' } });
    expect(bad).toMatchObject({
      code: -32602,
      why: expect.stringMatching(/^Invalid arguments for prompt p: .*n/),
    });
  });

  it('return messages of every kind [PROMPT-005] [PROMPT-006] [PROMPT-007]', async () => {
    const contents = [
      { type: 'text' as const, text: 'T' },
      { type: 'image' as const, data: 'AAAA', mimeType: 'image/png' },
      { type: 'audio' as const, data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource_link' as const, uri: 'a:b', name: 'n' },
      { type: 'resource' as const, resource: { uri: 'a:b', text: 'T' } },
      { type: 'resource' as const, resource: { uri: 'a:b', blob: 'AAAA' } },
      { type: 'resource' as const, resource: { uri: 'a:b', blob: 'AAAA', mimeType: 'image/png' } },
    ];
    const messages = contents.map((content) => ({ role: 'assistant' as const, content }));
    const peer = await start(
      make((server) => {
        const returned = { messages, description: 'Own', _meta: { 'com.example/x': 1 }, debug: 'SECRET' };
        server.registerPrompt('p', { description: 'D' }, () => returned);
      }),
    );
    const answer = await peer.call('prompts/get', { name: 'p' });
    expect(answer.result).toMatchObject({ description: 'Own', _meta: { 'com.example/x': 1 } });
    expect(answer.text).not.toContain('SECRET');
    const types = (answer.result['messages'] as { content: { resource?: { mimeType?: string } } }[]).map(
      ({ content }) => content.resource?.mimeType, // held to the schema
    );
    expect(types.slice(4)).toEqual(['text/plain', 'application/octet-stream', 'image/png']);
    expect(answer.result['messages']).toMatchObject(messages);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 7],
    ['messages that are no list', { messages: 'x' }],
    ['an unknown role', { messages: [{ role: 'system', content: { type: 'text', text: 'x' } }] }],
    ['a message without content', { messages: [{ role: 'user' }] }],
    [
      'an image that is not Base64',
      { messages: [{ role: 'user', content: { type: 'image', data: '~', mimeType: 'image/png' } }] },
    ],
    ['an image of no type', { messages: [{ role: 'user', content: { type: 'image', data: 'AAAA' } }] }],
    [
      'audio that is not Base64',
      { messages: [{ role: 'user', content: { type: 'audio', data: 'A', mimeType: 'audio/wav' } }] },
    ],
    [
      'a resource without a URI',
      { messages: [{ role: 'user', content: { type: 'resource', resource: { text: 'x' } } }] },
    ],
    [
      'a resource with nothing in it',
      { messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'a:b' } } }] },
    ],
  ])(
    'whose handler returns %s fail without a word of why [PROMPT-005] [PROMPT-006] [PROMPT-007] [PROMPT-010] [PROMPT-013]',
    async (_what, returned) => {
      const peer = await start(
        make((server) => server.registerPrompt('p', {}, () => returned as PromptReturn)),
      );
      expect((await peer.call('prompts/get', { name: 'p' })).code).toBe(-32603);
      expect(peer.errors.splice(0)).toHaveLength(1);
    },
  );

  it('are refused where they are declared without a name, a handler, or the argument that they complete', () => {
    const server = createServer({ name: 'prompts', version: '1.0.0' });
    expect(() => server.registerPrompt('', {}, () => 'x')).toThrow(TypeError);
    expect(() => server.registerPrompt('p', {}, undefined as never)).toThrow(TypeError);
    const complete = { b: () => [] };
    expect(() => server.registerPrompt('p', { argsSchema: { a: {} }, complete }, () => 'x')).toThrow(
      TypeError,
    );
    server.registerPrompt('p', {}, () => 'x');
    expect(() => server.registerPrompt('p', {}, () => 'x')).toThrow(TypeError);
  });
});
