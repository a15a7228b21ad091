import type { RequestContext } from '@switchyard/server';
import { createServer, inputRequired, ProtocolError } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';
import type { Peer } from '../../support/peer.ts';
import { accepted, again, EVERYTHING, formFor, questionsOf } from '../../support/rounds.ts';

type Handler = (ctx: RequestContext) => unknown;

const request = { method: 'tools/call', params: { name: 'ask' } };

const asking = (handler: Handler) => (options: BaseOptions) => {
  const server = createServer({ name: 'questions', version: '1.0.0' }, options);
  // What handlers may return is not what these cases are about.
  server.registerTool('ask', {}, (ctx) => handler(ctx) as Promise<string>);
  return server;
};

const ask = (peer: Peer, capabilities: object = EVERYTHING) =>
  peer.call('tools/call', request.params, { capabilities: { ...capabilities } });

const message = { role: 'user' as const, content: { type: 'text' as const, text: '?' } };
const sampling = { messages: [message], maxTokens: 9 };
const tool = { name: 'weather', inputSchema: { type: 'object' as const } };
const use = { type: 'tool_use' as const, id: 'u1', name: 'weather', input: {} };
const result = {
  type: 'tool_result' as const,
  toolUseId: 'u1',
  content: [{ type: 'text' as const, text: '18' }],
};

everywhere('a question that the client cannot take', (start) => {
  it.each<[string, Handler, object, object]>([
    ['a form', (ctx) => ctx.elicit(formFor('a')), {}, { elicitation: { form: {} } }],
    [
      'a form, where only URLs are',
      (ctx) => ctx.elicit(formFor('a')),
      { elicitation: { url: {} } },
      { elicitation: { form: {} } },
    ],
    [
      'a URL, where only forms are',
      (ctx) => ctx.elicitUrl({ message: 'Go', url: 'https://a.example' }),
      { elicitation: {} },
      { elicitation: { url: {} } },
    ],
    ['sampling', (ctx) => ctx.sample(sampling), { elicitation: {} }, { sampling: {} }],
    [
      'sampling with tools',
      (ctx) => ctx.sample({ ...sampling, tools: [tool] }),
      { sampling: {} },
      { sampling: { tools: {} } },
    ],
    [
      'sampling with a choice of tools',
      (ctx) => ctx.sample({ ...sampling, toolChoice: { mode: 'none' } }),
      { sampling: { context: {} } },
      { sampling: { tools: {} } },
    ],
    [
      'sampling with context',
      (ctx) => ctx.sample({ ...sampling, includeContext: 'thisServer' }),
      { sampling: {} },
      { sampling: { context: {} } },
    ],
    ['roots', (ctx) => ctx.listRoots(), { sampling: {} }, { roots: {} }],
    [
      'several at once',
      () => {
        const form = { method: 'elicitation/create' as const, params: formFor('a') };
        return inputRequired({ inputRequests: { form, roots: { method: 'roots/list' } } as never });
      },
      { sampling: {} },
      { elicitation: { form: {} }, roots: {} },
    ],
  ])(
    'is not asked: %s [MRTR-013] [BASE-044] [BASE-045] [BASE-046] [ELICIT-003] [SAMPLE-001] [SAMPLE-003] [ROOT-005]',
    async (_what, handler, capabilities, required) => {
      const peer = await start(asking(handler));
      const answer = await ask(peer, capabilities);
      expect(answer.response.error).toMatchObject({ code: -32021, data: { requiredCapabilities: required } });
      if (answer.headers.has('content-type')) expect(answer.status).toBe(400);
      expect((await ask(peer)).result['resultType']).toBe('input_required');
    },
  );

  it('reaches the handler, which may do without', async () => {
    const peer = await start(
      asking(async (ctx) => {
        try {
          return (await ctx.elicit(formFor('name'))).action;
        } catch (error) {
          if (error instanceof ProtocolError) return 'without';
          throw error;
        }
      }),
    );
    expect((await ask(peer, {})).result).toMatchObject({ content: [{ text: 'without' }] });
  });

  it('ends a stream that has begun with the same error', async () => {
    const peer = await start(
      asking(async (ctx) => {
        ctx.progress(1);
        return (await ctx.elicit(formFor('name'))).action;
      }),
    );
    const answer = await peer.call('tools/call', request.params, { progressToken: 'p' });
    expect(answer.messages).toMatchObject([
      { method: 'notifications/progress' },
      { error: { code: -32021 } },
    ]);
  });

  it('does not show where a tool requires it: then the call is refused before [BASE-045]', async () => {
    let called = 0;
    const peer = await start((options) => {
      const server = createServer({ name: 'questions', version: '1.0.0' }, options);
      server.registerTool('ask', { requires: { elicitation: { url: {} } } }, () => `call ${++called}`);
      return server;
    });
    const answer = await ask(peer, { elicitation: {} });
    expect(answer.response.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { url: {} } } },
    });
    expect(called).toBe(0);
    expect((await ask(peer)).result).toMatchObject({ content: [{ text: 'call 1' }] });
  });
});

everywhere('an explicit request for input', (start) => {
  it('carries the handler’s own state, sealed [MRTR-012]', async () => {
    const peer = await start(
      asking((ctx) => {
        const { requestState, inputResponses } = ctx;
        if (requestState === undefined) {
          const inputRequests = { who: { method: 'elicitation/create' as const, params: formFor('name') } };
          return inputRequired({ inputRequests: inputRequests as never, requestState: { round: 'SECRET' } });
        }
        return JSON.stringify([requestState, inputResponses]);
      }),
    );
    const first = await ask(peer);
    expect(questionsOf(first)).toMatchObject({
      who: { params: { mode: 'form', message: 'What is your name?' } },
    });
    expect(first.text).not.toContain('SECRET');
    const second = await again(peer, request, {
      answer: first,
      responses: { who: accepted({ name: 'Ada' }) },
    });
    const expected = [{ round: 'SECRET' }, { who: { action: 'accept', content: { name: 'Ada' } } }];
    expect(second.result).toMatchObject({ content: [{ text: JSON.stringify(expected) }] });
  });

  it('may be a state alone, with nothing to ask [MRTR-012]', async () => {
    const peer = await start(
      asking((ctx) => (ctx.requestState === 1 ? 'done' : inputRequired({ requestState: 1 }))),
    );
    const first = await ask(peer);
    expect(first.result).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
    expect(first.result).not.toHaveProperty('inputRequests');
    const second = await again(peer, request, { answer: first });
    expect(second.result).toMatchObject({ content: [{ text: 'done' }] });
  });

  it('may come as the wire has it; its state is sealed all the same [MRTR-006]', async () => {
    const peer = await start(
      asking((ctx) =>
        ctx.requestState === 'PLAIN'
          ? `${ctx.inputResponses['who'] === undefined}`
          : { resultType: 'input_required', requestState: 'PLAIN' },
      ),
    );
    const first = await ask(peer);
    expect(first.text).not.toContain('PLAIN');
    const forged = await peer.call('tools/call', { ...request.params, requestState: 'PLAIN' });
    expect(forged.code).toBe(-32602);
    const second = await again(peer, request, { answer: first, responses: { who: accepted() } });
    expect(second.result, 'an answer to no question').toMatchObject({ content: [{ text: 'true' }] });
  });

  it.each<[string, () => unknown]>([
    ['nothing in it', () => inputRequired({})],
    ['no questions and no state', () => inputRequired({ inputRequests: {} })],
    ['a question of no kind', () => inputRequired({ inputRequests: { a: { method: 'ping' } as never } })],
    [
      'a key that no answer can have',
      () => inputRequired({ inputRequests: JSON.parse('{"__proto__":{"method":"roots/list"}}') }),
    ],
    ['nothing in it, as the wire has it', () => ({ resultType: 'input_required' })],
  ])('is refused with %s [MRTR-004] [MRTR-012]', async (_what, make) => {
    const peer = await start(asking(make));
    const answer = await ask(peer);
    expect(answer.result['resultType']).not.toBe('input_required');
    expect(peer.errors.splice(0).map(({ error }) => error)).toEqual([expect.any(TypeError)]);
  });
});

everywhere('middleware', (start) => {
  it('may ask too, before and after the handler does', async () => {
    const calls: string[] = [];
    const peer = await start((options) => {
      const server = createServer({ name: 'questions', version: '1.0.0' }, options);
      server.use(async ({ ctx }, next) => {
        calls.push('middleware');
        const { action } = await ctx.elicit(formFor('really'));
        if (action !== 'accept') throw new ProtocolError(1, 'Not confirmed');
        return next();
      });
      server.registerTool('ask', {}, async (ctx) => {
        calls.push('handler');
        return (await ctx.elicit(formFor('name'))).action;
      });
      return server;
    });
    const first = await ask(peer);
    expect(Object.keys(questionsOf(first))).toEqual(['elicitation-1']);
    const denied = await again(peer, request, {
      answer: first,
      responses: { 'elicitation-1': { action: 'cancel' } },
    });
    expect(denied).toMatchObject({ code: 1, why: 'Not confirmed' });
    expect(calls).toEqual(['middleware', 'middleware']);
    const yes = { 'elicitation-1': accepted({ really: 'yes' }) };
    const second = await again(peer, request, { answer: first, responses: yes });
    expect(Object.keys(questionsOf(second))).toEqual(['elicitation-2']);
    const responses = { 'elicitation-2': { action: 'decline' } };
    const third = await again(peer, request, { answer: second, responses });
    expect(third.result).toMatchObject({ content: [{ text: 'decline' }] });
    const forged = await peer.call(
      'tools/call',
      { ...request.params, requestState: 'x' },
      { capabilities: EVERYTHING },
    );
    expect(forged.code).toBe(-32602);
  });
});

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
    const more = { text: { pattern: '^a', $comment: 'x' }, number: { multipleOf: 2 } };
    const peer = await start(
      asking((ctx) => {
        const text = { ...properties.text, ...more.text };
        const number = { ...properties.number, ...more.number };
        const requestedSchema = {
          type: 'object',
          properties: { ...properties, text, number },
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

  it('of a model goes out as it was given, each with the whole of its own history [SAMPLE-007] [SCHEMA-009]', async () => {
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
    const second = await again(peer, request, { answer: first, responses });
    expect(Object.keys(questionsOf(second))).toEqual(['sampling-2']);
    expect(questionsOf(second)['sampling-2']?.params?.['messages']).toEqual([
      ...history.slice(0, 2),
      { role: 'user', content: structured },
    ]);
  });

  it.each<[string, unknown]>([
    ['no model', { role: 'assistant', content: message.content }],
    ['an unknown role', { role: 'robot', content: message.content, model: 'm' }],
    ['a block that is none', { role: 'assistant', content: [7], model: 'm' }],
    ['an image without data', { role: 'assistant', content: { type: 'image' }, model: 'm' }],
  ])('of a model is not taken with %s [SAMPLE-008]', async (_what, response) => {
    const peer = await start(asking(async (ctx) => (await ctx.sample(sampling)).model));
    const answer = await ask(peer);
    const bad = await again(peer, request, { answer, responses: { 'sampling-1': response } });
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
    const done = await again(peer, request, { answer, responses: { 'roots-1': { roots } } });
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
    const second = await again(peer, request, { answer: first, responses: { 'roots-1': { roots: [] } } });
    expect(Object.keys(questionsOf(second))).toEqual(['elicitation-1']);
    const responses = { 'elicitation-1': { action: 'cancel' } };
    expect((await again(peer, request, { answer: second, responses })).result).toMatchObject({
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
