import type { RequestContext } from '@switchyard/server';
import { createServer, InputPending } from '@switchyard/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';
import { accepted, again, EVERYTHING, formFor, questionsOf, stateOf } from '../../support/rounds.ts';

const request = { method: 'tools/call', params: { name: 'ask' } };
const capable = { capabilities: EVERYTHING };

/** Builds a server with one tool, `ask`. */
const asking = (handler: (ctx: RequestContext) => Promise<string>) => (options: BaseOptions) => {
  const server = createServer({ name: 'rounds', version: '1.0.0' }, options);
  server.registerTool('ask', {}, (ctx) => handler(ctx));
  return server;
};

const text = (value: string) => ({ resultType: 'complete', content: [{ type: 'text', text: value }] });

everywhere('input rounds', (start) => {
  it('asks, and goes on with the answer [MRTR-001] [MRTR-012] [BASE-001] [ELICIT-004] [ELICIT-005]', async () => {
    const peer = await start(
      asking(async (ctx) => {
        const answer = await ctx.elicit(formFor('name'));
        return answer.action === 'accept' ? `Hello, ${String(answer.content['name'])}` : 'Hello';
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    expect(stateOf(first)).toMatch(/^[\w.-]+$/);
    expect(questionsOf(first)).toEqual({
      'elicitation-1': {
        method: 'elicitation/create',
        params: {
          mode: 'form',
          message: 'What is your name?',
          requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        },
      },
    });
    const responses = { 'elicitation-1': accepted({ name: 'Ada' }) };
    const second = await again(peer, request, { answer: first, responses });
    expect(second.result).toMatchObject(text('Hello, Ada'));
  });

  it('replays answers in order, whichever instance the caller comes to [BASE-023] [MRTR-014]', async () => {
    let passes = 0;
    const peer = await start(
      asking(async (ctx) => {
        passes += 1;
        const names: string[] = [];
        for (const name of ['a', 'b', 'c']) {
          const answer = await ctx.elicit(formFor(name));
          names.push(answer.action === 'accept' ? String(answer.content[name]) : '?');
        }
        return names.join(' ');
      }),
    );
    let answer = await peer.call('tools/call', request.params, capable);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const key = `elicitation-${index + 1}`;
      expect(Object.keys(questionsOf(answer))).toEqual([key]);
      expect(peer.servers.every(({ core }) => core.runtime.inFlight.count === 0)).toBe(true);
      const responses = { [key]: accepted({ [name]: name.toUpperCase() }) };
      answer = await again(peer, request, { answer, responses });
    }
    expect(answer.result).toMatchObject(text('A B C'));
    expect(passes).toBe(4);
    expect(peer.environment.timers).toBeLessThanOrEqual(peer.servers.length);
  });

  it('asks several questions at once, each under a key of its own [MRTR-003] [MRTR-004]', async () => {
    const peer = await start(
      asking(async (ctx) => {
        const [name, roots, reply, url] = await Promise.all([
          ctx.elicit(formFor('name')),
          ctx.listRoots(),
          ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: '?' } }], maxTokens: 9 }),
          ctx.elicitUrl({ message: 'Go there', url: 'https://example.com/go' }, { key: 'go' }),
        ]);
        return JSON.stringify([name, roots, reply, url]);
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    const methods = Object.entries(questionsOf(first)).map(([key, { method }]) => [key, method]);
    expect(methods).toEqual([
      ['elicitation-1', 'elicitation/create'],
      ['roots-1', 'roots/list'],
      ['sampling-1', 'sampling/createMessage'],
      ['go', 'elicitation/create'],
    ]);
    const responses = {
      'elicitation-1': accepted({ name: 'Ada' }),
      'roots-1': { roots: [{ uri: 'file:///home' }] },
      'sampling-1': { role: 'assistant', content: { type: 'text', text: '!' }, model: 'm' },
      go: accepted(),
    };
    const second = await again(peer, request, { answer: first, responses });
    expect(second.result).toMatchObject(
      text(
        JSON.stringify([
          { action: 'accept', content: { name: 'Ada' } },
          { roots: [{ uri: 'file:///home' }] },
          { role: 'assistant', content: { type: 'text', text: '!' }, model: 'm' },
          { action: 'accept' },
        ]),
      ),
    );
  });

  it('tells the handler of a decline and of a cancel [ELICIT-016] [ELICIT-017]', async () => {
    const peer = await start(
      asking(async (ctx) => {
        const form = await ctx.elicit(formFor('name'));
        const url = await ctx.elicitUrl({ message: 'Go there', url: 'https://example.com' });
        return `${form.action} ${url.action}`;
      }),
    );
    for (const [form, url] of [
      ['decline', 'cancel'],
      ['cancel', 'decline'],
    ]) {
      let answer = await peer.call('tools/call', request.params, capable);
      answer = await again(peer, request, { answer, responses: { 'elicitation-1': { action: form } } });
      answer = await again(peer, request, { answer, responses: { 'elicitation-2': { action: url } } });
      expect(answer.result).toMatchObject(text(`${form} ${url}`));
    }
  });

  it('asks again for what was not answered, and keeps what was [MRTR-018]', async () => {
    const peer = await start(
      asking(async (ctx) => {
        const answers = await Promise.all([ctx.elicit(formFor('a')), ctx.elicit(formFor('b'))]);
        return JSON.stringify(answers.map((answer) => answer.action === 'accept' && answer.content));
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    const partly = { 'elicitation-2': accepted({ b: 'B' }) };
    const second = await again(peer, request, { answer: first, responses: partly });
    expect(Object.keys(questionsOf(second))).toEqual(['elicitation-1']);
    expect(stateOf(second)).not.toBe(stateOf(first));
    const nothing = await again(peer, request, { answer: second });
    expect(Object.keys(questionsOf(nothing))).toEqual(['elicitation-1']);
    const rest = { 'elicitation-1': accepted({ a: 'A' }) };
    const last = await again(peer, request, { answer: nothing, responses: rest });
    expect(last.result).toMatchObject(text('[{"a":"A"},{"b":"B"}]'));
  });

  it('ignores answers that nobody asked for [MRTR-017]', async () => {
    const peer = await start(asking(async (ctx) => (await ctx.elicit(formFor('name'))).action));
    const surplus = { stray: 7, constructor: accepted(), 'elicitation-2': accepted({ name: 'Eve' }) };
    const first = await again(peer, request, { responses: { ...surplus, 'elicitation-1': accepted() } });
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    const responses = { ...surplus, 'elicitation-1': { action: 'decline' } };
    const second = await again(peer, request, { answer: first, responses });
    expect(second.result).toMatchObject(text('decline'));
  });

  it.each([
    ['a list of answers', []],
    ['a number', 7],
    ['an answer that is no object', { 'elicitation-1': 'accept' }],
    ['no action', { 'elicitation-1': {} }],
    ['an unknown action', { 'elicitation-1': { action: 'agree' } }],
    ['a list for content', { 'elicitation-1': { action: 'accept', content: [] } }],
    ['the answer to another kind of question', { 'elicitation-1': { roots: [] } }],
  ])('refuses %s [MRTR-015] [MRTR-016]', async (_what, responses) => {
    let passes = 0;
    const peer = await start(
      asking(async (ctx) => {
        passes += 1;
        return (await ctx.elicit(formFor('name'))).action;
      }),
    );
    const answer = await peer.call('tools/call', request.params, capable);
    // Not every one of them is a set of responses.
    const bad = await again(peer, request, { answer, responses: responses as Record<string, unknown> });
    expect(bad).toMatchObject({ code: -32602, response: { id: 2 } });
    expect(passes).toBe(1);
    const good = await again(peer, request, { answer, responses: { 'elicitation-1': { action: 'cancel' } } });
    expect(good.result, 'a mended answer is taken with the same state').toMatchObject(text('cancel'));
  });

  it('holds an answer to the form that was asked, by JSON Schema and by the author’s own schema [ELICIT-025]', async () => {
    const requestedSchema = z.object({ age: z.number().int().min(18), name: z.string().regex(/^[A-Z]/) });
    let seen: unknown[] = [];
    const peer = await start(
      asking(async (ctx) => {
        const answer = await ctx.elicit({ message: 'Who are you?', requestedSchema });
        seen.push(answer);
        return answer.action;
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    const form = questionsOf(first)['elicitation-1']?.params?.['requestedSchema'];
    expect(form).toMatchObject({
      properties: { age: { type: 'integer', minimum: 18 }, name: { type: 'string' } },
    });
    expect(JSON.stringify(form)).not.toContain('pattern');
    seen = [];
    for (const content of [
      {},
      { age: 17, name: 'Ada' },
      { age: 20, name: 'ada' },
      { age: '20', name: 'Ada' },
    ]) {
      const bad = await again(peer, request, {
        answer: first,
        responses: { 'elicitation-1': accepted(content) },
      });
      expect(bad.code).toBe(-32602);
      expect(bad.why).toMatch(/age|name/);
    }
    const without = await again(peer, request, { answer: first, responses: { 'elicitation-1': accepted() } });
    expect(without.code).toBe(-32602);
    expect(seen).toEqual([]);
    const content = { age: 20, name: 'Ada' };
    await again(peer, request, { answer: first, responses: { 'elicitation-1': accepted(content) } });
    expect(seen).toEqual([{ action: 'accept', content }]);
  });

  it('asks anew where the question differs from the one that was answered', async () => {
    let attempt = 0;
    const peer = await start(
      asking(async (ctx) => {
        attempt += 1;
        return (await ctx.elicit(formFor('name', `Attempt ${Math.min(attempt, 2)}`))).action;
      }),
    );
    const first = await peer.call('tools/call', request.params, capable);
    const responses = { 'elicitation-1': { action: 'decline' } };
    const second = await again(peer, request, { answer: first, responses });
    expect(questionsOf(second)['elicitation-1']?.params?.['message']).toBe('Attempt 2');
    const third = await again(peer, request, { answer: second, responses });
    expect(third.result).toMatchObject(text('decline'));
  });

  it('go on though the handler changes what it was given, and give every pass the same', async () => {
    const seen: string[] = [];
    const peer = await start((options) => {
      const server = createServer({ name: 'rounds', version: '1.0.0' }, options);
      server.registerTool('ask', { inputSchema: { type: 'object' } }, async (args, ctx) => {
        const given = args as { list: number[]; gone?: number }; // as sent below
        seen.push(JSON.stringify(given));
        given.list.push(99);
        delete given.gone;
        for (const name of ['a', 'b']) {
          const answer = await ctx.elicit(formFor(name));
          if (answer.action !== 'accept') return answer.action;
          seen.push(JSON.stringify(answer.content));
          Object.assign(answer.content, { [name]: 'changed', more: 'x' });
        }
        return 'done';
      });
      return server;
    });
    const own = { method: 'tools/call', params: { name: 'ask', arguments: { list: [1], gone: 1 } } };
    const first = await peer.call(own.method, own.params, capable);
    const a = { 'elicitation-1': accepted({ a: 'A' }) };
    const second = await again(peer, own, { answer: first, responses: a });
    const b = { 'elicitation-2': accepted({ b: 'B' }) };
    const third = await again(peer, own, { answer: second, responses: b });
    expect(third.result).toMatchObject(text('done'));
    const args = '{"list":[1],"gone":1}';
    expect(seen).toEqual([args, args, '{"a":"A"}', args, '{"a":"A"}', '{"b":"B"}']);
  });

  it('still asks where the handler swallows the end of its pass', async () => {
    let worked = 0;
    const peer = await start(
      asking(async (ctx) => {
        try {
          return (await ctx.elicit(formFor('name'))).action;
        } catch (error) {
          expect(error).toBeInstanceOf(InputPending);
        }
        await expect(ctx.step('late', () => ++worked)).rejects.toBeInstanceOf(InputPending);
        return 'swallowed';
      }),
    );
    const answer = await peer.call('tools/call', request.params, capable);
    expect(answer.result).toMatchObject({ resultType: 'input_required' });
    expect(worked).toBe(0);
  });

  it('stops asking after so many rounds [SAMPLE-010]', async () => {
    let round = 0;
    const peer = await start((options) => {
      const server = createServer(
        { name: 'rounds', version: '1.0.0' },
        { ...options, limits: { rounds: 3 } },
      );
      server.registerTool('ask', {}, async (ctx) => {
        round += 1;
        return (await ctx.elicit(formFor('name', `Round ${round}`))).action;
      });
      return server;
    });
    let answer = await peer.call('tools/call', request.params, capable);
    for (let count = 0; count < 3; count += 1) {
      expect(answer.result).toMatchObject({ resultType: 'input_required' });
      answer = await again(peer, request, { answer, responses: { 'elicitation-1': { action: 'cancel' } } });
    }
    expect(answer).toMatchObject({ code: -32603, why: expect.stringContaining('too many times') });
  });

  it('asks in prompts/get and resources/read too', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'rounds', version: '1.0.0' }, options);
      const ask = async (ctx: RequestContext) => (await ctx.elicit(formFor('name'))).action;
      server.registerPrompt('ask', {}, ask);
      server.registerResource('ask', 'ask:it', {}, (_uri, ctx) => ask(ctx));
      return server;
    });
    for (const [method, params, expected] of [
      ['prompts/get', { name: 'ask' }, { messages: [{ content: { text: 'decline' } }] }],
      ['resources/read', { uri: 'ask:it' }, { contents: [{ text: 'decline' }], ttlMs: 0 }],
    ] as const) {
      const first = await peer.call(method, params, capable);
      expect(first.result).toMatchObject({ resultType: 'input_required' });
      expect(first.result).not.toHaveProperty('ttlMs');
      const responses = { 'elicitation-1': { action: 'decline' } };
      const second = await again(peer, { method, params }, { answer: first, responses });
      expect(second.result).toMatchObject({ resultType: 'complete', ...expected });
    }
  });

  it('asks nowhere else: what cannot be answered with a question fails without one [MRTR-002]', async () => {
    const ask = async (ctx: RequestContext) => [(await ctx.elicit(formFor('name'))).action];
    const peer = await start((options) => {
      const server = createServer({ name: 'rounds', version: '1.0.0' }, options);
      server.registerPrompt(
        'p',
        { argsSchema: { a: {} }, complete: { a: (_v, _c, ctx) => ask(ctx) } },
        () => 'p',
      );
      const handler = async (_params: unknown, ctx: RequestContext) => ({ asked: await ask(ctx) });
      const step = async (_params: unknown, ctx: RequestContext) => ({ step: await ctx.step('s', () => 1) });
      server.registerExtension({
        id: 'com.example/x',
        methods: { 'x/ask': { handler }, 'x/step': { handler: step } },
      });
      server.use(async ({ method, ctx }, next) => {
        if (method === 'prompts/list') await ask(ctx);
        return next();
      });
      return server;
    });
    const capabilities = { ...EVERYTHING, extensions: { 'com.example/x': {} } };
    const complete = { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } };
    for (const [method, params] of [
      ['completion/complete', complete],
      ['x/ask', {}],
      ['x/step', {}],
      ['prompts/list', {}],
    ] as const) {
      const answer = await peer.call(method, params, { capabilities });
      expect(answer.code).toBe(-32603);
      const [reported] = peer.errors.splice(0);
      expect(reported?.error).toBeInstanceOf(TypeError);
      expect(String(reported?.error)).toContain(method);
    }
  });
});
