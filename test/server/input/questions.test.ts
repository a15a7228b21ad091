import { createServer, inputRequired, ProtocolError } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { Handler } from '../../support/asking.ts';
import { ask, asking, REQUEST } from '../../support/asking.ts';
import { everywhere } from '../../support/matrix.ts';
import { accepted, again, EVERYTHING, formFor, questionsOf } from '../../support/rounds.ts';

const message = { role: 'user' as const, content: { type: 'text' as const, text: '?' } };
const sampling = { messages: [message], maxTokens: 9 };
const tool = { name: 'weather', inputSchema: { type: 'object' as const } };

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
    const answer = await peer.call('tools/call', REQUEST.params, { progressToken: 'p' });
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
    const second = await again(peer, REQUEST, {
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
    const second = await again(peer, REQUEST, { answer: first });
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
    const forged = await peer.call('tools/call', { ...REQUEST.params, requestState: 'PLAIN' });
    expect(forged.code).toBe(-32602);
    const second = await again(peer, REQUEST, { answer: first, responses: { who: accepted() } });
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
    const denied = await again(peer, REQUEST, {
      answer: first,
      responses: { 'elicitation-1': { action: 'cancel' } },
    });
    expect(denied).toMatchObject({ code: 1, why: 'Not confirmed' });
    expect(calls).toEqual(['middleware', 'middleware']);
    const yes = { 'elicitation-1': accepted({ really: 'yes' }) };
    const second = await again(peer, REQUEST, { answer: first, responses: yes });
    expect(Object.keys(questionsOf(second))).toEqual(['elicitation-2']);
    const responses = { 'elicitation-2': { action: 'decline' } };
    const third = await again(peer, REQUEST, { answer: second, responses });
    expect(third.result).toMatchObject({ content: [{ text: 'decline' }] });
    const forged = await peer.call(
      'tools/call',
      { ...REQUEST.params, requestState: 'x' },
      { capabilities: EVERYTHING },
    );
    expect(forged.code).toBe(-32602);
  });
});
