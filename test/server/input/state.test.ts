import { createKeyRing, createSealer, memoryNonceStore, parseKeys } from '@switchyard/seal';
import type { RequestContext, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere, KEYS, overHttp } from '../../support/matrix.ts';
import type { RequestOptions } from '../../support/messages.ts';
import type { Answer, Peer } from '../../support/peer.ts';
import { again, EVERYTHING, formFor, stateOf } from '../../support/rounds.ts';

const request = { method: 'tools/call', params: { name: 'ask', arguments: { a: 1, b: { c: [2] } } } };
const responses = { 'elicitation-1': { action: 'decline' } };

/** A server with two tools, a prompt and a resource, all of which ask the same and count how often they went on. */
const asking =
  (on: { gone: number }, more: ServerOptions = {}) =>
  (options: BaseOptions) => {
    const { requestState } = more;
    const merged = { ...options, ...more, requestState: { ...options.requestState, ...requestState } };
    const server = createServer({ name: 'state', version: '1.0.0' }, merged);
    const ask = async (ctx: RequestContext) => {
      await ctx.elicit(formFor('name'));
      on.gone += 1;
      return 'went on';
    };
    const inputSchema = { type: 'object' };
    for (const name of ['ask', 'other']) server.registerTool(name, { inputSchema }, (_args, ctx) => ask(ctx));
    server.registerPrompt('ask', {}, ask);
    server.registerResource('ask', 'ask:it', {}, (_uri, ctx) => ask(ctx));
    return server;
  };

const begin = (peer: Peer, options?: RequestOptions): Promise<Answer> =>
  peer.call(request.method, request.params, { capabilities: EVERYTHING, ...options });

/** Everything about a refusal that a caller can tell. */
const refusal = ({ status, response, notifications }: Answer) => ({
  status,
  error: response.error,
  notifications,
});

const byToken: ServerOptions = {
  authenticate({ header }) {
    const [subject = '', tenant, client] = header('authorization')?.replace('Bearer ', '').split('/') ?? [];
    const principal = { issuer: 'https://issuer.example', subject, scopes: [] };
    return { ...principal, ...(tenant ? { tenant } : {}), ...(client ? { client } : {}) };
  },
};

everywhere('the state of input rounds', (start) => {
  it('goes on with the very request that it was made for, however its members are ordered [MRTR-010] [BASE-024]', async () => {
    const on = { gone: 0 };
    const peer = await start(asking(on));
    const answer = await begin(peer);
    const reordered = { arguments: { b: { c: [2] }, a: 1 }, name: 'ask' };
    const options = { capabilities: EVERYTHING, progressToken: 'new', meta: { 'com.example/x': 1 } };
    const done = await again(
      peer,
      { method: request.method, params: reordered },
      { answer, responses, options },
    );
    expect(done.result['resultType']).toBe('complete');
    expect(on.gone).toBe(1);
  });

  it.each([
    ['other arguments', 'tools/call', { name: 'ask', arguments: { a: 2, b: { c: [2] } } }],
    ['no arguments', 'tools/call', { name: 'ask' }],
    ['another tool', 'tools/call', { ...request.params, name: 'other' }],
    ['another method', 'prompts/get', { name: 'ask' }],
    ['a resource', 'resources/read', { uri: 'ask:it' }],
  ])('is refused with %s [MRTR-005] [MRTR-007] [MRTR-010]', async (_what, method, params) => {
    const on = { gone: 0 };
    const peer = await start(asking(on));
    const answer = await begin(peer);
    const bad = await again(peer, { method, params }, { answer, responses });
    expect(bad.code).toBe(-32602);
    expect(on.gone).toBe(0);
  });

  it('is refused once altered, cut, lengthened, or made by others, all alike [MRTR-005] [MRTR-006] [MRTR-007]', async () => {
    const on = { gone: 0 };
    const peer = await start(asking(on));
    const state = stateOf(await begin(peer));
    const parts = state.split('.');
    const swapped = (index: number, part: string): string => parts.with?.(index, part).join('.') ?? '';
    const foreign = createSealer({ keys: createKeyRing(parseKeys(KEYS)), now: () => peer.environment.now() });
    const bad = [
      '',
      'x',
      state.slice(0, -1),
      `${state}A`,
      ` ${state}`,
      state.toUpperCase(),
      `${parts[0]}....`,
      swapped(3, 'AAAA'),
      swapped(0, Buffer.from('{"alg":"none"}').toString('base64url')),
      `${state}.${state}`,
      'A'.repeat(200_000),
      await foreign.seal(
        { round: 1, asked: {}, answers: {}, steps: {} },
        { purpose: 'mcp-request-state', principal: 'somebody', binding: 'something', ttlMs: 60_000 },
      ),
      await foreign.seal({}, { purpose: 'task', principal: '["","",null,null]', binding: '', ttlMs: 60_000 }),
    ];
    const refusals: object[] = [];
    for (const requestState of bad) {
      const params = { ...request.params, inputResponses: responses, requestState };
      refusals.push(refusal(await peer.call(request.method, params, { capabilities: EVERYTHING })));
    }
    for (const one of refusals) expect(one).toEqual(refusals[0]);
    expect(refusals[0]).toMatchObject({ error: { code: -32602 } });
    expect(on.gone).toBe(0);
  });

  it.each([[7], [null], [{}], [[]]])('is refused as %j [MRTR-005]', async (requestState) => {
    const on = { gone: 0 };
    const peer = await start(asking(on));
    for (const [method, params] of [
      ['tools/call', request.params],
      ['prompts/get', { name: 'ask' }],
      ['resources/read', { uri: 'ask:it' }],
    ] as const) {
      const answer = await peer.call(method, { ...params, requestState }, { capabilities: EVERYTHING });
      expect(answer).toMatchObject({ code: -32602, why: 'params.requestState must be a string.' });
    }
  });

  it('is refused once any bit of it is turned [MRTR-006]', async () => {
    const on = { gone: 0 };
    const peer = await start(asking(on));
    const state = stateOf(await begin(peer));
    const turned = fc.record({ at: fc.nat(state.length - 1), bit: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(turned, async ({ at, bit }) => {
        const letter = String.fromCharCode(state.charCodeAt(at) ^ (1 << bit));
        const requestState = state.slice(0, at) + letter + state.slice(at + 1);
        const params = { ...request.params, inputResponses: responses, requestState };
        const answer = await peer.call(request.method, params, { capabilities: EVERYTHING });
        expect(answer.code).toBe(-32602);
      }),
      { numRuns: 50 },
    );
    expect(on.gone).toBe(0);
  });

  it('expires [MRTR-009]', async () => {
    const on = { gone: 0 };
    const peer = await start(asking(on, { requestState: { ttlMs: 5000 } }));
    const answer = await begin(peer);
    peer.environment.advance(4999);
    expect((await again(peer, request, { answer, responses })).result['resultType']).toBe('complete');
    peer.environment.advance(1);
    const late = await again(peer, request, { answer, responses });
    const never = await again(peer, request, { responses, options: { meta: {} } });
    expect(late.code).toBe(-32602);
    expect(never.result['resultType']).toBe('input_required');
    expect(on.gone).toBe(1);
  });

  it('can be used as often as one likes while it lives, unless there is a nonce store', async () => {
    const on = { gone: 0 };
    const peer = await start(asking(on));
    const answer = await begin(peer);
    for (let count = 0; count < 3; count += 1) await again(peer, request, { answer, responses });
    expect(on.gone).toBe(3);
  });

  it('is used once only with a nonce store, on whichever instance [MRTR-011]', async () => {
    const on = { gone: 0 };
    let nonces: ReturnType<typeof memoryNonceStore> | undefined;
    const peer = await start((options) => {
      nonces ??= memoryNonceStore({ now: () => options.environment.now() });
      return asking(on, { requestState: { nonces } })(options);
    });
    const answer = await begin(peer);
    const both = await Promise.all([
      again(peer, request, { answer, responses }),
      again(peer, request, { answer, responses, options: { id: 3 } }),
    ]);
    expect(both.map(({ code }) => code).sort()).toEqual([-32602, undefined]);
    expect((await again(peer, request, { answer, responses })).code).toBe(-32602);
    expect(on.gone).toBe(1);
  });

  it('is not used up by answers that are malformed', async () => {
    const on = { gone: 0 };
    let nonces: ReturnType<typeof memoryNonceStore> | undefined;
    const peer = await start((options) => {
      nonces ??= memoryNonceStore({ now: () => options.environment.now() });
      return asking(on, { requestState: { nonces } })(options);
    });
    const answer = await begin(peer);
    const malformed = { 'elicitation-1': { action: 'perhaps' } };
    expect((await again(peer, request, { answer, responses: malformed })).why).toContain('elicitation-1');
    expect((await again(peer, request, { answer, responses })).result['resultType']).toBe('complete');
  });

  it('is refused while the nonce store cannot tell', async () => {
    const on = { gone: 0 };
    const broken = { consume: () => Promise.reject(new Error('redis://user:secret@store is down')) };
    const peer = await start(asking(on, { requestState: { nonces: broken } }));
    const answer = await begin(peer);
    const bad = await again(peer, request, { answer, responses });
    expect(bad.code).toBe(-32603);
    expect(bad.text).not.toContain('secret');
    expect(peer.errors.splice(0)).toHaveLength(1);
    expect(on.gone).toBe(0);
  });

  it('shows its holder nothing of the answers, the steps and the state inside [SAMPLE-009]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'state', version: '1.0.0' }, options);
      server.registerTool('ask', {}, async (ctx) => {
        await ctx.step('SECRET-NAME', () => 'SECRET-STEP');
        const messages = [
          { role: 'user' as const, content: { type: 'text' as const, text: 'SECRET-PROMPT' } },
        ];
        await ctx.sample({ messages, maxTokens: 1 });
        return (await ctx.elicit(formFor('name'))).action;
      });
      return server;
    });
    const params = { name: 'ask' };
    const first = await peer.call('tools/call', params, { capabilities: EVERYTHING });
    const content = { type: 'text', text: 'SECRET-SAMPLE' };
    const sampled = { 'sampling-1': { role: 'assistant', content, model: 'm' } };
    const second = await again(peer, { method: 'tools/call', params }, { answer: first, responses: sampled });
    for (const answer of [first, second]) {
      const state = stateOf(answer);
      const decoded = state.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
      expect(`${state} ${decoded.join(' ')}`).not.toMatch(/SECRET|sampling/);
    }
    expect(second.text).not.toContain('SECRET');
    expect(peer.errors).toEqual([]);
  });
});

overHttp('the state of input rounds', (start) => {
  it.each([
    ['another subject', 'eve/t1/c1'],
    ['another tenant', 'ada/t2/c1'],
    ['no tenant', 'ada//c1'],
    ['another client', 'ada/t1/c2'],
    ['no client', 'ada/t1'],
    ['nobody', ''],
  ])(
    'of one principal is refused from %s [MRTR-008] [ELICIT-008] [ELICIT-010] [ELICIT-018]',
    async (_who, token) => {
      const on = { gone: 0 };
      const peer = await start(asking(on, byToken));
      const answer = await begin(peer, { token: 'ada/t1/c1' });
      const own = { capabilities: EVERYTHING, token: 'ada/t1/c1' };
      const foreign = await again(peer, request, { answer, responses, options: { ...own, token } });
      expect(foreign.code).toBe(-32602);
      expect(on.gone).toBe(0);
      expect((await again(peer, request, { answer, responses, options: own })).code).toBeUndefined();
    },
  );

  it('is not moved to another user by what the client says of itself [ELICIT-023] [BASE-049]', async () => {
    const on = { gone: 0 };
    const peer = await start(asking(on, byToken));
    const answer = await begin(peer, { token: 'ada' });
    const posing = {
      meta: { 'io.modelcontextprotocol/clientInfo': { name: 'ada', version: '1' }, user: 'ada' },
    };
    const options = { capabilities: EVERYTHING, token: 'eve', ...posing };
    expect((await again(peer, request, { answer, responses, options })).code).toBe(-32602);
    expect(on.gone).toBe(0);
  });

  it('of one instance continues on another that shares its keys, while keys rotate [BASE-023]', async () => {
    const on = { gone: 0 };
    const old = KEYS;
    const fresh = `k2:${Buffer.from('the other key, also of 32 bytes!').toString('base64url')}`;
    const peers: Peer[] = [];
    for (const keys of [old, `${old},${fresh}`, `${fresh},${old}`, fresh]) {
      peers.push(await start(asking(on, { requestState: { keys } })));
    }
    const [before, between, after, last] = peers;
    if (!before || !between || !after || !last) throw new Error('four stages');
    const works = async (from: Peer, to: Peer): Promise<boolean> => {
      const done = await again(to, request, { answer: await begin(from), responses });
      return done.code === undefined;
    };
    expect(await works(before, between)).toBe(true);
    expect(await works(before, after)).toBe(true);
    expect(await works(between, before)).toBe(true);
    expect(await works(after, between)).toBe(true);
    expect(await works(after, last)).toBe(true);
    expect(await works(before, last)).toBe(false);
    expect(await works(after, before)).toBe(false);
  });

  it('made with a random key comes with a warning, once', async () => {
    const on = { gone: 0 };
    const peer = await start((options) => {
      const { requestState: _none, ...rest } = options;
      return asking(on)({ ...rest, requestState: {} } as never);
    });
    await begin(peer);
    await begin(peer);
    await begin(peer);
    expect(new Set(peer.warnings).size).toBe(1);
    expect(peer.warnings.length).toBeLessThanOrEqual(peer.servers.length);
    expect(peer.warnings[0]).toContain('requestState.keys');
  });
});
