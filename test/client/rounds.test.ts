import type { ClientOptions, PendingCall } from '@switchyard/client';
import { ClientError, createClient, isPending, memoryOnce } from '@switchyard/client';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { subject } from '../interop/subject.ts';
import { until } from '../support/environment.ts';
import { WAYS, withClient } from './fixture.ts';
import type { Script } from './scripted.ts';
import { Answered, FakeClock, scripted, turns } from './scripted.ts';

const DONE = { content: [{ type: 'text', text: 'done' }] };
const ask = (params: object) => ({ method: 'elicitation/create', params });
const form = (properties: object, required: string[] = []) =>
  ask({ mode: 'form', message: 'Who?', requestedSchema: { type: 'object', properties, required } });

function setUp(script: Script, options: Omit<ClientOptions, 'link'> = {}) {
  const environment = new FakeClock();
  const { link, received } = scripted(script);
  return { client: createClient({ link, environment, ...options }), received, environment, link };
}

/** Asks in the first round, is done in the second. */
const asking = (request: object, more: object = {}): Script => {
  return (_, turn) =>
    turn === 1 ? { resultType: 'input_required', inputRequests: { q: request }, ...more } : DONE;
};

describe('a server that asks for what cannot be asked', () => {
  it.each([
    ['a form of another dialect', { $schema: 'http://example.com/schema' }],
    ['a form that leads elsewhere', { properties: { a: { $ref: 'https://example.com/x' } } }],
    ['a form with a pattern that is none', { properties: { a: { type: 'string', pattern: '(' } } }],
  ])('gets no answer: %s', async (_what, schema) => {
    const requestedSchema = { type: 'object', properties: {}, ...schema };
    const handlers = { elicit: () => ({ action: 'accept' as const, content: { a: 'x' } }) };
    const { client, received } = setUp(asking(ask({ mode: 'form', message: 'Who?', requestedSchema })), {
      handlers,
    });
    await expect(client.callTool('greet')).rejects.toMatchObject({ code: 'invalid-response' });
    expect(received.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });
});

it('nobody can put a second envelope beside that of the client', async () => {
  const { client, received } = setUp(() => DONE);
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2024-11-05' };
  await expect(client.request('tools/call', { name: 'x', _meta })).rejects.toThrow(TypeError);
  expect(received).toEqual([]);
});

describe.each(WAYS)('input rounds $name', (way) => {
  const servers = [subject(), subject(), subject()];

  it('are answered by a handler [BASE-052]', async () => {
    const one = servers.slice(0, 1);
    await withClient(
      way,
      one,
      async (client) => {
        const { content } = await client.callTool('greet');
        expect(content).toMatchObject([{ text: 'Hello, Ann!' }]);
      },
      { handlers: { elicit: () => ({ action: 'accept', content: { name: 'Ann' } }) } },
    );
  });

  it('are answered later, by another client, once', async () => {
    const one = servers.slice(0, 1);
    const once = memoryOnce();
    const options = { once, capabilities: { elicitation: { form: {} } } };
    let text = '';
    const answers = { x: { action: 'accept' as const, content: { name: 'Ben' } } };
    await withClient(
      way,
      one,
      async (client) => {
        const pending = await client.callTool('greet', {}, { input: 'manual' });
        if (!isPending(pending)) throw new Error('It does not wait.');
        const [key = ''] = Object.keys(pending.inputRequests);
        Object.assign(answers, { [key]: answers.x });
        text = pending.serialize();
        const again = await client.pending(text);
        const result = await again.resume(answers);
        expect(result).toMatchObject({ content: [{ text: 'Hello, Ben!' }] });
        await expect((await client.pending(text)).resume(answers)).rejects.toMatchObject({
          code: 'already-resumed',
        });
        await expect(pending.resume(answers)).rejects.toMatchObject({ code: 'already-resumed' });
      },
      options,
    );
  });
});

it('an input round may begin at one instance and end at another', async () => {
  const requestState = { keys: 'k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' };
  const servers = [1, 2, 3].map((number) => {
    const server = createServer({ name: `instance ${number}`, version: '1' }, { requestState });
    server.registerTool('greet', {}, async (ctx) => {
      const first = await ctx.elicit({ message: 'First?', requestedSchema: NAME });
      const second = await ctx.elicit({ message: 'Second?', requestedSchema: NAME });
      return JSON.stringify([first, second]);
    });
    return server;
  });
  const [way] = WAYS;
  if (way === undefined) throw new Error('There is no way.');
  const elicit = ({ message }: { message: string }) => ({
    action: 'accept' as const,
    content: { name: message },
  });
  await withClient(
    way,
    servers,
    async (client) => {
      for (let i = 0; i < 4; i += 1) {
        const { content } = await client.callTool('greet');
        expect(content).toMatchObject([{ text: expect.stringMatching(/First.*Second/) }]);
      }
    },
    { handlers: { elicit } },
  );
});

const NAME = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

describe('an input round', () => {
  it('fills in defaults, and sends the state back as it came, under a new id', async () => {
    const fields = { name: { type: 'string', default: 'Ann' }, age: { type: 'integer', default: 3 } };
    const { client, received } = setUp(asking(form(fields), { requestState: ' ☃ "' }), {
      handlers: {
        elicit: ({ defaults }) => ({ action: 'accept', content: { age: Number(defaults['age']) + 1 } }),
      },
    });
    await client.callTool('t', { x: 1 });
    const [first, second] = received;
    expect(second?.params).toMatchObject({
      name: 't',
      arguments: { x: 1 },
      requestState: ' ☃ "',
      inputResponses: { q: { action: 'accept', content: { name: 'Ann', age: 4 } } },
    });
    expect(second?.wire.id).not.toBe(first?.wire.id);
  });

  it('sends no state where none was given, and none with another call', async () => {
    const { client, received } = setUp(asking(form({})), {
      handlers: { elicit: () => ({ action: 'decline' }) },
    });
    await Promise.all([client.callTool('t'), client.callTool('u')]);
    for (const { params } of received) expect(params).not.toHaveProperty('requestState');
    const other = received.filter(({ params }) => params['name'] === 'u');
    expect(other).toHaveLength(1);
    expect(other[0]?.params).not.toHaveProperty('inputResponses');
  });

  it('asks nothing more once the call is given up', async () => {
    const leaving = new AbortController();
    const asked: string[] = [];
    const two = { a: form({}), b: form({}) };
    const { client, received } = setUp(() => ({ resultType: 'input_required', inputRequests: two }), {
      handlers: {
        elicit: ({ message }) => {
          asked.push(message);
          leaving.abort();
          return { action: 'decline' };
        },
      },
    });
    await expect(client.callTool('t', {}, { signal: leaving.signal })).rejects.toMatchObject({
      code: 'aborted',
      mayHaveRun: true,
    });
    expect(asked).toHaveLength(1);
    expect(received).toHaveLength(1);
  });

  it('holds answers to what was asked', async () => {
    const { client, received } = setUp(asking(form({ name: { type: 'string' } }, ['name'])), {
      handlers: { elicit: () => ({ action: 'accept', content: { name: 4 } }) },
    });
    await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-input' });
    expect(received).toHaveLength(1);
  });

  it('declares what handlers can do, and nothing else', async () => {
    const declared = async (handlers: ClientOptions['handlers']) => {
      const { client, received } = setUp(() => DONE, handlers === undefined ? {} : { handlers });
      await client.callTool('t');
      const meta = received[0]?.params['_meta'] as Record<string, unknown>;
      return meta['io.modelcontextprotocol/clientCapabilities'];
    };
    const decline = () => ({ action: 'decline' as const });
    expect(await declared(undefined)).toEqual({});
    expect(await declared({ elicit: decline })).toEqual({ elicitation: { form: {} } });
    expect(await declared({ elicitUrl: decline, listRoots: () => ({ roots: [] }) })).toEqual({
      elicitation: { url: {} },
      roots: {},
    });
  });

  it('shows a page with its host and what is odd about it, and refuses what is no page', async () => {
    const seen: unknown[] = [];
    const url = (text: string) => ask({ mode: 'url', message: 'Go', url: text });
    const handlers: ClientOptions['handlers'] = {
      elicitUrl: (request, ctx) => {
        seen.push([request.host, request.warnings, ctx.address, ctx.name]);
        return { action: 'accept' };
      },
    };
    const odd = setUp(asking(url('http://xn--pple-43d.com/a')), { handlers });
    await odd.client.callTool('t');
    expect(seen).toEqual([['xn--pple-43d.com', ['not-https', 'punycode'], 'http://scripted/mcp', 't']]);
    expect(odd.received[1]?.params['inputResponses']).toEqual({ q: { action: 'accept' } });
    for (const bad of ['javascript:alert(1)', 'file:///etc/passwd', 'nowhere']) {
      const { client } = setUp(asking(url(bad)), { handlers });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-response' });
    }
    expect(seen).toHaveLength(1);
  });

  it.each([{}, false] as const)(
    'belongs to one of several callers that ask at once, with the cache %j [MRTR-024]',
    async (cache) => {
      const asked: unknown[] = [];
      const { client, received } = setUp(
        async ({ params }, turn) => {
          await turns();
          if (params['requestState'] !== undefined) return { contents: [{ uri: 'a:1', text: 'x' }] };
          const inputRequests = { q: form({}) };
          return { resultType: 'input_required', inputRequests, requestState: `state ${turn}` };
        },
        {
          cache,
          handlers: {
            elicit: (_request, { name }) => {
              asked.push(name);
              return { action: 'decline' };
            },
          },
        },
      );
      await Promise.all([1, 2, 3].map(() => client.readResource('a:1')));
      const states = received
        .map(({ params }) => params['requestState'])
        .filter((state) => state !== undefined);
      expect(new Set(states).size).toBe(3);
      expect(states).toHaveLength(3);
      expect(asked).toEqual(['a:1', 'a:1', 'a:1']);
    },
  );

  it('comes to an end, however often the server asks', async () => {
    const { client, received } = setUp(
      () => ({ resultType: 'input_required', inputRequests: { q: form({}) }, requestState: 's' }),
      { handlers: { elicit: () => ({ action: 'cancel' }) }, maxRounds: 3 },
    );
    await expect(client.callTool('t')).rejects.toMatchObject({ code: 'too-many-rounds' });
    expect(received).toHaveLength(4);
  });

  it('waits a moment before it sends again what nothing was asked for', async () => {
    const { client, received, environment } = setUp((_, turn) =>
      turn === 1 ? { resultType: 'input_required', requestState: 's' } : DONE,
    );
    const call = client.callTool('t');
    // A pause, and not the limit of time of a request.
    await until(() => environment.nextIn < 10_000);
    await environment.pass(49);
    expect(received).toHaveLength(1);
    await environment.pass(1);
    await call;
    expect(received[1]?.params).toMatchObject({ requestState: 's' });
    expect(received[1]?.params).not.toHaveProperty('inputResponses');
  });

  it.each([
    ['nothing at all', {}],
    ['a state that is no text', { requestState: 4 }],
    ['requests that are no object', { inputRequests: [] }],
    ['an unknown request', { inputRequests: { q: { method: 'evil/run', params: {} } } }],
    ['a form without a schema', { inputRequests: { q: ask({ message: 'Who?' }) } }],
  ])('refuses %s', async (_, members) => {
    const { client } = setUp(() => ({ resultType: 'input_required', ...members }));
    await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('is refused for methods that have none, and where no handler answers', async () => {
    const list = setUp(asking(form({})));
    await expect(list.client.listTools()).rejects.toMatchObject({ code: 'invalid-response' });
    const none = setUp(asking(form({})));
    await expect(none.client.callTool('t')).rejects.toMatchObject({ code: 'input-unsupported' });
  });
});

describe('a pending call', () => {
  const BROKEN = new ClientError('interrupted', 'broken', { mayHaveRun: true });
  const first = async (client: ReturnType<typeof createClient>): Promise<PendingCall> => {
    const pending = await client.callTool('t', {}, { input: 'manual' });
    if (!isPending(pending)) throw new Error('It does not wait.');
    return pending as PendingCall;
  };

  it('stays with its server', async () => {
    const { client } = setUp(asking(form({})));
    const text = (await first(client)).serialize();
    const elsewhere = createClient({ url: 'http://elsewhere/mcp' });
    await expect(elsewhere.pending(text)).rejects.toMatchObject({ code: 'wrong-server' });
  });

  it('wants every answer, and may lead to a further round', async () => {
    const { client, received } = setUp((_, turn) =>
      turn < 3 ? { resultType: 'input_required', inputRequests: { [`q${turn}`]: form({}) } } : DONE,
    );
    const pending = await first(client);
    await expect(pending.resume({})).rejects.toMatchObject({ code: 'invalid-input' });
    const second = await pending.resume({ q1: { action: 'decline' } });
    if (!isPending(second)) throw new Error('It does not wait again.');
    expect(await second.resume({ q2: { action: 'decline' } })).toMatchObject(DONE);
    expect(received).toHaveLength(3);
  });

  it.each([
    ['was refused at the door', [new Answered(-32603, { status: 429 })], true],
    ['never reached the server', [new ClientError('network', 'refused')], true],
    ['was refused after it broke off', [BROKEN, new Answered(-32603, { status: 429 })], false],
    ['did not reach the server again after it broke off', [BROKEN, new ClientError('network', 'x')], false],
  ])('comes back only where no attempt may have run: one that %s', async (_what, errors, isBack) => {
    const { client, environment } = setUp(({ params }) => {
      if (params['inputResponses'] === undefined)
        return { resultType: 'input_required', inputRequests: { q: form({}) } };
      throw errors.shift() ?? new Answered(-32602);
    });
    const answers = { q: { action: 'decline' as const } };
    const pending = await first(client);
    const options = { repeatable: true, retries: errors.length - 1 };
    const failed = expect(pending.resume(answers, options)).rejects.toThrow();
    await environment.pass(60_000);
    await failed;
    await expect(pending.resume(answers)).rejects.toMatchObject({
      code: isBack ? -32602 : 'already-resumed',
    });
  });

  it('is not what a server calls so, which is held to what a result must be', async () => {
    const posing = { resultType: 'complete', serialize: 'x', resume: 'y' };
    const { client } = setUp((_, turn) =>
      turn === 1 ? { resultType: 'input_required', inputRequests: { q: form({}) } } : posing,
    );
    const pending = await first(client);
    await expect(pending.resume({ q: { action: 'decline' } })).rejects.toMatchObject({
      code: 'invalid-response',
    });
    const { client: other } = setUp(() => ({ ...posing, ...DONE }));
    expect(isPending(await other.callTool('t', {}, { input: 'manual' }))).toBe(false);
  });

  it.each(['', '{}', 'null', '[]', '{"format":"switchyard-pending-1"}'])(
    'is not made of %j',
    async (text) => {
      const { client } = setUp(() => DONE);
      await expect(client.pending(text)).rejects.toThrow(TypeError);
    },
  );
});
