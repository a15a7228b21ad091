import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { Handler } from '../../support/asking.ts';
import { ask, asking, REQUEST } from '../../support/asking.ts';
import { everywhere } from '../../support/matrix.ts';
import { again, EVERYTHING, formFor, questionsOf } from '../../support/rounds.ts';

const message = { role: 'user' as const, content: { type: 'text' as const, text: '?' } };
const sampling = { messages: [message], maxTokens: 9 };
const tool = { name: 'weather', inputSchema: { type: 'object' as const } };
const use = { type: 'tool_use' as const, id: 'u1', name: 'weather', input: {} };
const result = {
  type: 'tool_result' as const,
  toolUseId: 'u1',
  content: [{ type: 'text' as const, text: '18' }],
};

everywhere('what is asked', (start) => {
  const rejected = (question: Handler) =>
    asking(async (ctx) => {
      await expect(question(ctx)).rejects.toThrow(TypeError);
      return 'refused';
    });

  it.each<[string, Handler]>([
    ['no message', (ctx) => ctx.elicit({ ...formFor('a'), message: '' })],
    ['no schema of an object', (ctx) => ctx.elicit({ message: 'm', requestedSchema: { type: 'string' } })],
    ...Object.entries({
      'a nested object': { type: 'object', properties: {} },
      'a list of objects': { type: 'array', items: { type: 'object' } },
      'a list of any text': { type: 'array', items: { type: 'string' } },
      'several types': { type: ['string', 'null'] },
      'no type': { const: 'a' },
      'a choice of numbers': { type: 'string', enum: [1, 2] },
    }).map(([what, field]): [string, Handler] => [
      what,
      (ctx) => ctx.elicit({ message: 'm', requestedSchema: { type: 'object', properties: { field } } }),
    ]),
  ])('in a form is refused with %s [ELICIT-004] [ELICIT-005]', async (_what, question) => {
    const peer = await start(rejected(question));
    expect((await ask(peer)).result).toMatchObject({ content: [{ text: 'refused' }] });
  });

  it('in a form can be every field that forms know [ELICIT-005]', async () => {
    const one = { const: 'r', title: 'Red' };
    const properties = {
      text: { type: 'string', minLength: 1, maxLength: 9, format: 'email', default: 'a@b.c', title: 'T' },
      number: { type: 'number', minimum: 0, maximum: 9, default: 1, description: 'D' },
      integer: { type: 'integer' },
      yes: { type: 'boolean', default: false },
      color: { type: 'string', enum: ['r', 'g'], default: 'r' },
      titled: { type: 'string', oneOf: [one] },
      many: {
        type: 'array',
        minItems: 1,
        maxItems: 2,
        items: { type: 'string', enum: ['a'] },
        default: ['a'],
      },
      manyTitled: { type: 'array', items: { anyOf: [one] } },
    };
    const more = {
      text: { pattern: '^a', $comment: 'x' },
      color: { format: 'color' },
      number: { multipleOf: 2 },
    };
    const peer = await start(
      asking((ctx) => {
        const text = { ...properties.text, ...more.text };
        const number = { ...properties.number, ...more.number };
        const color = { ...properties.color, ...more.color };
        const requestedSchema = {
          type: 'object',
          properties: { ...properties, text, number, color },
          required: ['text'],
        };
        return ctx.elicit({ message: 'm', requestedSchema });
      }),
    );
    const [question] = Object.values(questionsOf(await ask(peer)));
    expect(question?.params?.['requestedSchema']).toEqual({ type: 'object', properties, required: ['text'] });
  });

  it.each([
    'not a url',
    '/relative',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://example.com/plain',
    'https://user:password@example.com/',
    'https://user@example.com/',
    'file:///etc/passwd',
  ])('of the user is not to go to %s [ELICIT-007] [ELICIT-019] [ELICIT-022]', async (url) => {
    const peer = await start(rejected((ctx) => ctx.elicitUrl({ message: 'Go', url })));
    expect((await ask(peer)).result).toMatchObject({ content: [{ text: 'refused' }] });
  });

  it.each(['https://example.com/a?b=c', 'http://localhost:3000/x', 'http://127.0.0.1/'])(
    'of the user may be to go to %s [ELICIT-006] [ELICIT-022]',
    async (url) => {
      const peer = await start(asking((ctx) => ctx.elicitUrl({ message: 'Go', url })));
      const [question] = Object.values(questionsOf(await ask(peer)));
      expect(question?.params).toEqual({ mode: 'url', message: 'Go', url });
    },
  );

  it('in a form had better hold no links: there is a warning [ELICIT-021]', async () => {
    const peer = await start(asking((ctx) => ctx.elicit(formFor('name', 'See https://example.com'))));
    await ask(peer);
    await ask(peer);
    expect(new Set(peer.warnings).size).toBe(1);
    expect(peer.warnings[0]).toContain('elicitUrl');
  });

  it.each<[string, unknown]>([
    ['no role', [{ content: message.content }]],
    ['an unknown role', [{ role: 'system', content: message.content }]],
    ['no content', [{ role: 'user' }]],
    ['an unknown block', [{ role: 'user', content: { type: 'video' } }]],
    [
      'results and text in one message',
      [message, { role: 'assistant', content: use }, { role: 'user', content: [result, message.content] }],
    ],
    [
      'results by the assistant',
      [message, { role: 'assistant', content: use }, { role: 'assistant', content: result }],
    ],
    [
      'a use without its result',
      [
        message,
        { role: 'assistant', content: [use, { ...use, id: 'u2' }] },
        { role: 'user', content: result },
      ],
    ],
    ['a use followed by something else', [message, { role: 'assistant', content: use }, message]],
    ['a result without its use', [message, { role: 'user', content: result }]],
    [
      'the result of another use',
      [
        message,
        { role: 'assistant', content: use },
        { role: 'user', content: { ...result, toolUseId: 'u9' } },
      ],
    ],
  ])(
    'of a model is refused with %s [SAMPLE-004] [SAMPLE-005] [SAMPLE-006] [SAMPLE-008]',
    async (_what, messages) => {
      const peer = await start(rejected((ctx) => ctx.sample({ messages: messages as never, maxTokens: 1 })));
      expect((await ask(peer)).result).toMatchObject({ content: [{ text: 'refused' }] });
    },
  );

  it('of a model goes out as it was given, each with the whole of its own history [SAMPLE-007]', async () => {
    const history = [
      message,
      { role: 'assistant' as const, content: [use] },
      { role: 'user' as const, content: [result] },
    ];
    const structured = [{ ...result, structuredContent: { degrees: 18 } }];
    const peer = await start(
      asking(async (ctx) => {
        await ctx.sample({ messages: [message], maxTokens: 5, tools: [tool] });
        const last = [...history.slice(0, 2), { role: 'user' as const, content: structured }];
        return (await ctx.sample({ messages: last, maxTokens: 6, tools: [tool] })).model;
      }),
    );
    const first = await ask(peer);
    expect(questionsOf(first)['sampling-1']?.params).toEqual({
      messages: [message],
      maxTokens: 5,
      tools: [tool],
    });
    const responses = {
      'sampling-1': { role: 'assistant', content: [use], model: 'm', stopReason: 'toolUse' },
    };
    const second = await again(peer, REQUEST, { answer: first, responses });
    expect(Object.keys(questionsOf(second))).toEqual(['sampling-2']);
    expect(questionsOf(second)['sampling-2']?.params?.['messages']).toEqual([
      ...history.slice(0, 2),
      { role: 'user', content: structured },
    ]);
  });

  it('of a model holds structured results to the schema of their tool [SCHEMA-009]', async () => {
    const outputSchema = {
      type: 'object',
      properties: { degrees: { type: 'number' } },
      required: ['degrees'],
    };
    const asked = (structuredContent: unknown, more: object = {}) => ({
      tools: [{ ...tool, outputSchema }],
      maxTokens: 1,
      messages: [
        message,
        { role: 'assistant' as const, content: use },
        { role: 'user' as const, content: { ...result, structuredContent, ...more } },
      ],
    });
    const explicit = (params: ReturnType<typeof asked>) => ({
      resultType: 'input_required',
      inputRequests: { s: { method: 'sampling/createMessage', params } },
    });
    const peer = await start(rejected((ctx) => ctx.sample(asked({ degrees: 'warm' }))));
    expect((await ask(peer)).result).toMatchObject({ content: [{ text: 'refused' }] });
    for (const good of [asked({ degrees: 18 }), asked({ degrees: 'warm' }, { isError: true })]) {
      const asking1 = await start(asking((ctx) => ctx.sample(good)));
      expect((await ask(asking1)).result['resultType']).toBe('input_required');
      const asking2 = await start(asking(() => explicit(good)));
      expect((await ask(asking2)).result['resultType']).toBe('input_required');
    }
    const bad = await start(asking(() => explicit(asked({}))));
    expect((await ask(bad)).result['resultType']).not.toBe('input_required');
    expect(bad.errors.splice(0)).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['no model', { role: 'assistant', content: message.content }],
    ['an unknown role', { role: 'robot', content: message.content, model: 'm' }],
    ['a block that is none', { role: 'assistant', content: [7], model: 'm' }],
    ['an image without data', { role: 'assistant', content: { type: 'image' }, model: 'm' }],
  ])('of a model is not taken with %s [SAMPLE-008]', async (_what, response) => {
    const peer = await start(asking(async (ctx) => (await ctx.sample(sampling)).model));
    const answer = await ask(peer);
    const bad = await again(peer, REQUEST, { answer, responses: { 'sampling-1': response } });
    expect(bad.code).toBe(-32602);
  });

  it.each<[string, unknown, number | undefined]>([
    ['a directory', [{ uri: 'file:///home/ada', name: 'Home' }], undefined],
    ['nothing at all', [], undefined],
    ['a web page', [{ uri: 'https://example.com' }], -32602],
    ['a file among web pages', [{ uri: 'file:///a' }, { uri: 'http://b' }], -32602],
    ['no URI', [{ name: 'a' }], -32602],
    ['no list', 'file:///', -32602],
  ])('about roots may be answered with %s or not [ROOT-001] [ROOT-002]', async (_what, roots, code) => {
    const peer = await start(asking(async (ctx) => JSON.stringify((await ctx.listRoots()).roots)));
    const answer = await ask(peer);
    const done = await again(peer, REQUEST, { answer, responses: { 'roots-1': { roots } } });
    expect(done.code).toBe(code);
    if (code === undefined) expect(done.result).toMatchObject({ content: [{ text: JSON.stringify(roots) }] });
  });

  it('about roots is asked once in a call, though the handler runs again [ROOT-006]', async () => {
    const peer = await start(
      asking(async (ctx) => {
        const { roots } = await ctx.listRoots();
        return `${(await ctx.elicit(formFor('name'))).action} ${roots.length}`;
      }),
    );
    const first = await ask(peer);
    const second = await again(peer, REQUEST, { answer: first, responses: { 'roots-1': { roots: [] } } });
    expect(Object.keys(questionsOf(second))).toEqual(['elicitation-1']);
    const responses = { 'elicitation-1': { action: 'cancel' } };
    expect((await again(peer, REQUEST, { answer: second, responses })).result).toMatchObject({
      content: [{ text: 'cancel 0' }],
    });
  });

  it('in a deprecated way gives one warning each, with what to do instead and until when [DEPR-001] [DEPR-002] [SAMPLE-002]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'questions', version: '1.0.0' }, { ...options, logging: true });
      server.registerTool('ask', {}, async (ctx) => {
        ctx.log('info', 'asking');
        await Promise.all([ctx.sample({ ...sampling, includeContext: 'allServers' }), ctx.listRoots()]);
        return 'done';
      });
      server.registerTool('plain', {}, async (ctx) => (await ctx.elicit(formFor('name'))).action);
      return server;
    });
    await peer.call('tools/call', { name: 'plain' }, { capabilities: EVERYTHING });
    expect(peer.warnings).toEqual([]);
    await ask(peer);
    await ask(peer);
    const warnings = [...new Set(peer.warnings)];
    expect(peer.warnings.length).toBeLessThanOrEqual(warnings.length * peer.servers.length);
    expect(warnings).toEqual([
      expect.stringMatching(/^Logging: deprecated since 2026-07-28.*2027-07-28.*(stderr|OpenTelemetry)/),
      expect.stringMatching(/^Sampling: deprecated since 2026-07-28.*2027-07-28/),
      expect.stringMatching(/includeContext.*deprecated since 2025-11-25/),
      expect.stringMatching(/^Roots: deprecated since 2026-07-28.*2027-07-28/),
    ]);
  });
});
