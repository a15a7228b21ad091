import type { FormRequest, UrlRequest } from '@switchyard/client';
import { isPending } from '@switchyard/client';
import { describe, expect, it, vi } from 'vitest';
import {
  asking,
  DONE,
  decline,
  form,
  type Handlers,
  page,
  ROOTS,
  SAMPLED,
  sampling,
  setUp,
} from './asking.ts';
import { KEYS } from './recorder.ts';

describe('an input round', () => {
  it('answers all that is asked for before it sends the call again [MRTR-020]', async () => {
    const answered: string[] = [];
    const { client, received } = setUp(asking({ a: form({}), b: page('https://example.com/'), c: ROOTS }), {
      elicit: () => {
        answered.push('form');
        return { action: 'accept', content: {} };
      },
      elicitUrl: async () => {
        await Promise.resolve();
        answered.push('url');
        return { action: 'accept' };
      },
      listRoots: () => ({ roots: [{ uri: 'file:///home' }] }),
    });
    await client.callTool('t');
    expect(answered).toEqual(['form', 'url']);
    expect(received).toHaveLength(2);
    expect(received[1]?.params['inputResponses']).toEqual({
      a: { action: 'accept', content: {} },
      b: { action: 'accept' },
      c: { roots: [{ uri: 'file:///home' }] },
    });
  });

  it.each(['', '{"a":1}', ' \u0000☃\u2028"\\', 'x'.repeat(100_000), 'ä'])(
    'sends the state %# back as it came, under a new id [MRTR-019] [MRTR-021] [MRTR-023]',
    async (requestState) => {
      const { client, received } = setUp(asking({ q: form({}) }, { requestState }), { elicit: decline });
      await client.callTool('t');
      expect(received[1]?.params['requestState']).toBe(requestState);
      expect(received[1]?.wire.id).not.toBe(received[0]?.wire.id);
    },
  );

  it('leaves other calls alone, and sends no state where none came [MRTR-022] [MRTR-024]', async () => {
    const { client, received } = setUp(
      (request, turn) => {
        if (request.params['name'] === 'other') return DONE;
        const more = request.params['name'] === 'stateful' ? { requestState: 'mine' } : {};
        return asking({ q: form({}) }, more)(request, turn);
      },
      { elicit: decline },
    );
    const names = ['stateful', 'stateless', 'other', 'stateless', 'stateful', 'other'];
    await Promise.all(names.map((name) => client.callTool(name)));
    const retries = received.filter(({ params }) => 'inputResponses' in params);
    expect(retries).toHaveLength(4);
    for (const { params } of received) {
      const isRetry = 'inputResponses' in params;
      expect(params['requestState']).toBe(isRetry && params['name'] === 'stateful' ? 'mine' : undefined);
      expect(isRetry && params['name'] === 'other').toBe(false);
    }
  });

  it('asks for nothing that was not declared, and answers nothing by itself [PROMPT-015] [ELICIT-036] [SAMPLE-014]', async () => {
    for (const request of [form({}), page('https://example.com/'), sampling(), ROOTS]) {
      const { client, received } = setUp(asking({ q: request }));
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'input-unsupported' });
      expect(Object(received[0]?.params['_meta'])[KEYS.capabilities]).toEqual({});
      expect(received).toHaveLength(1);
    }
  });
});

describe('what is declared', () => {
  const declared = async (handlers: Handlers, capabilities = {}) => {
    const { client, received } = setUp(() => ({ ...DONE, tools: [], messages: [] }), handlers, {
      capabilities,
    });
    await client.callTool('t');
    await client.getPrompt('p');
    await client.listTools();
    const all = received.map(({ params }) => Object(params['_meta'])[KEYS.capabilities]);
    expect(all).toEqual([all[0], all[0], all[0]]);
    return all[0];
  };

  it('is what handlers answer, on every request [ELICIT-030] [ELICIT-031] [SAMPLE-012] [ROOT-007]', async () => {
    expect(await declared({})).toEqual({});
    expect(await declared({ elicit: decline })).toEqual({ elicitation: { form: {} } });
    expect(await declared({ elicitUrl: decline })).toEqual({ elicitation: { url: {} } });
    expect(await declared({ sample: () => SAMPLED })).toEqual({ sampling: {} });
    expect(await declared({ listRoots: () => ({ roots: [] }) })).toEqual({ roots: {} });
  });

  it('names tools in sampling where the application says that it can use them [SAMPLE-011]', async () => {
    const sample = () => SAMPLED;
    expect(await declared({ sample }, { sampling: { tools: {} } })).toEqual({ sampling: { tools: {} } });
  });
});

describe('a form', () => {
  it('needs no mode, and has the defaults in it [ELICIT-032] [ELICIT-033]', async () => {
    const seen: FormRequest[] = [];
    const fields = {
      text: { type: 'string', default: 'Ann' },
      count: { type: 'integer', default: 3 },
      yes: { type: 'boolean', default: false },
      many: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, default: ['b'] },
      none: { type: 'string' },
    };
    const { client, received } = setUp(asking({ q: form(fields) }), {
      elicit: (request) => {
        seen.push(request);
        return { action: 'accept', content: { count: 4 } };
      },
    });
    await client.callTool('t');
    const defaults = { text: 'Ann', count: 3, yes: false, many: ['b'] };
    expect(seen).toMatchObject([{ message: 'Who?', defaults }]);
    expect(received[1]?.params['inputResponses']).toEqual({
      q: { action: 'accept', content: { ...defaults, count: 4 } },
    });
  });

  it.each([[{ name: 4 }], [{}], [{ name: 'x', level: 9 }], [{ name: 'x', mail: 'nobody' }]])(
    'is not answered with %j, which does not fit [ELICIT-047]',
    async (content) => {
      const fields = {
        name: { type: 'string' },
        level: { type: 'integer', maximum: 5 },
        mail: { type: 'string', format: 'email' },
      };
      const { client, received } = setUp(asking({ q: form(fields, { required: ['name'] }) }), {
        // The type of the handler would not let some of these pass.
        elicit: () => ({ action: 'accept', content: content as Record<string, string> }),
      });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-input' });
      expect(received).toHaveLength(1);
    },
  );

  it.each(['decline', 'cancel'] as const)(
    'can be answered with %s, which tells nothing else [ELICIT-037]',
    async (action) => {
      const elicit = () => ({ action, content: { name: 'secret' } });
      const { client, received } = setUp(asking({ q: form({ name: { type: 'string' } }) }), { elicit });
      await client.callTool('t');
      expect(received[1]?.params['inputResponses']).toEqual({ q: { action } });
      const elicitUrl = () => ({ action });
      const url = setUp(asking({ q: page('https://example.com/') }), { elicitUrl });
      await url.client.callTool('t');
      expect(url.received[1]?.params['inputResponses']).toEqual({ q: { action } });
    },
  );
});

describe('a page to visit', () => {
  it('is shown in full, with its host, its oddities, and who asks; it is neither fetched nor opened [ELICIT-035] [ELICIT-040] [ELICIT-041] [ELICIT-042] [ELICIT-044] [ELICIT-045]', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const url = 'http://bank.xn--pple-43d.com:8080/a/b?c=d&e=%2F#f';
    const seen: [UrlRequest, string][] = [];
    const { client } = setUp(asking({ q: page(url), w: page('https://example.com/') }), {
      elicitUrl: (request, { address }) => {
        seen.push([request, address]);
        return { action: 'decline' };
      },
    });
    await client.callTool('t');
    expect(seen[0]).toEqual([
      { message: 'Go', url, host: 'bank.xn--pple-43d.com:8080', warnings: ['not-https', 'punycode'] },
      'http://scripted/mcp',
    ]);
    expect(seen[1]?.[0].warnings).toEqual([]);
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'vscode://x/y', '/relative', ''])(
    'is not shown where it is %j [ELICIT-039]',
    async (url) => {
      const elicitUrl = vi.fn(decline);
      const { client, received } = setUp(asking({ q: page(url) }), { elicitUrl });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-response' });
      expect(elicitUrl).not.toHaveBeenCalled();
      expect(received).toHaveLength(1);
    },
  );

  it('leaves it to the user when to go on with the call, and whether [ELICIT-034]', async () => {
    const capabilities = { elicitation: { url: {} } };
    const { client, received } = setUp(
      (_, turn) =>
        turn < 3
          ? { resultType: 'input_required', inputRequests: { q: page('https://example.com/') } }
          : DONE,
      {},
      { capabilities },
    );
    const pending = await client.callTool('t', {}, { input: 'manual' });
    if (!isPending(pending)) throw new Error('It does not wait.');
    const again = await pending.resume({ q: { action: 'accept' } });
    if (!isPending(again)) throw new Error('It does not wait again.');
    expect(received).toHaveLength(2);
    const controller = new AbortController();
    controller.abort();
    const givenUp = again.resume({ q: { action: 'accept' } }, { signal: controller.signal });
    await expect(givenUp).rejects.toMatchObject({ code: 'aborted' });
    // What was given up before it was sent can still be taken up.
    expect(await again.resume({ q: { action: 'accept' } })).toMatchObject(DONE);
  });
});
