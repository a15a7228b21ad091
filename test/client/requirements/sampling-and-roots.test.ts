import { isPending } from '@switchyard/client';
import { describe, expect, it, vi } from 'vitest';
import { asking, DONE, ROOTS, SAMPLED, sampling, setUp } from './asking.ts';

describe('sampling', () => {
  it('hands on all of the request, and all of the answer [SAMPLE-013] [SAMPLE-015] [SCHEMA-011] [SCHEMA-012]', async () => {
    const modelPreferences = {
      hints: [{ name: 'sonnet' }, { name: 'claude' }, { name: 'a' }],
      costPriority: 0.3,
      speedPriority: 0.8,
    };
    const use = {
      type: 'tool_use',
      id: 'u1',
      name: 'add',
      input: { a: 1 },
      _meta: { 'example.org/cache': 'k' },
    } as const;
    const used = {
      type: 'tool_result',
      toolUseId: 'u1',
      content: [],
      _meta: { 'example.org/cache': 'l' },
    } as const;
    const messages = [
      { role: 'assistant', content: [use] },
      { role: 'user', content: [used] },
    ];
    const request = sampling({ modelPreferences, messages });
    const seen: unknown[] = [];
    const answer = { role: 'assistant' as const, content: [use], model: 'm', stopReason: 'toolUse' };
    const { client, received } = setUp(asking({ q: request }), {
      sample: (params) => {
        seen.push(params);
        return answer;
      },
    });
    await client.callTool('t');
    expect(seen).toEqual([request.params]);
    expect(received[1]?.params['inputResponses']).toEqual({ q: answer });
  });

  it.each([
    { tools: [] },
    { tools: [{ name: 'a', inputSchema: { type: 'object' } }] },
    { toolChoice: { mode: 'none' } },
  ])('with %j needs to be declared [SCHEMA-010]', async (more) => {
    const sample = vi.fn(() => SAMPLED);
    const without = setUp(asking({ q: sampling(more) }), { sample });
    await expect(without.client.callTool('t')).rejects.toMatchObject({ code: 'input-unsupported' });
    expect(sample).not.toHaveBeenCalled();
    expect(without.received).toHaveLength(1);
    const capabilities = { sampling: { tools: {} } };
    const able = setUp(asking({ q: sampling(more) }), { sample }, { capabilities });
    expect(await able.client.callTool('t')).toMatchObject(DONE);
  });

  it('ends, however often the server asks [SAMPLE-016] [SAMPLE-019]', async () => {
    const sample = vi.fn(() => SAMPLED);
    const { client } = setUp(
      () => ({ resultType: 'input_required', inputRequests: { q: sampling({ tools: [] }) } }),
      { sample },
      { capabilities: { sampling: { tools: {} } }, maxRounds: 4 },
    );
    await expect(client.callTool('t')).rejects.toMatchObject({ code: 'too-many-rounds' });
    expect(sample).toHaveBeenCalledTimes(4);
    const manual = setUp(
      () => ({ resultType: 'input_required', inputRequests: { q: ROOTS } }),
      {},
      { maxRounds: 2 },
    );
    let pending = await manual.client.callTool('t', {}, { input: 'manual' });
    const resume = async () => {
      if (!isPending(pending)) throw new Error('It does not wait.');
      pending = await pending.resume({ q: { roots: [] } });
    };
    await resume();
    await resume();
    await expect(resume()).rejects.toMatchObject({ code: 'too-many-rounds' });
    expect(manual.received).toHaveLength(3);
    const flood = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`q${i}`, sampling()]));
    const flooded = setUp(asking(flood), { sample });
    await expect(flooded.client.callTool('t')).rejects.toMatchObject({ code: 'invalid-response' });
    expect(sample).toHaveBeenCalledTimes(4);
  });

  it.each([
    { messages: undefined },
    { messages: 'Hi' },
    { messages: [null] },
    { messages: ['Hi'] },
    { messages: [{ role: 'system', content: { type: 'text', text: 'x' } }] },
    { messages: [{ role: 'user' }] },
    { messages: [{ role: 'user', content: { text: 'x' } }] },
  ])('is refused with %j [SAMPLE-017]', async (more) => {
    const sample = vi.fn(() => SAMPLED);
    const { client } = setUp(asking({ q: sampling(more) }), { sample });
    await expect(client.callTool('t')).rejects.toMatchObject({ code: 'invalid-response' });
    expect(sample).not.toHaveBeenCalled();
  });

  it('shows in no error and no warning [SAMPLE-018]', async () => {
    const told: string[] = [];
    const secret = { ...SAMPLED, content: { type: 'text', text: 'the secret' } } as const;
    const { client } = setUp(
      ({ params }) =>
        'inputResponses' in params
          ? { resultType: 'surprise' }
          : { resultType: 'input_required', inputRequests: { q: sampling() }, requestState: 'the secret' },
      { sample: () => secret },
      { onWarning: (text) => told.push(text) },
    );
    const error = await client
      .callTool('t', {}, { onProgress: () => undefined })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'invalid-response' });
    told.push(String(error), JSON.stringify(error), Error.prototype.toString.call(error));
    expect(told.join('\n')).not.toContain('the secret');
  });
});

describe('roots', () => {
  const rootsOf = async (uri: string) => {
    const { client, received } = setUp(asking({ q: ROOTS }), { listRoots: () => ({ roots: [{ uri }] }) });
    const outcome = await client.callTool('t').then(
      () => 'sent',
      (error: { code: unknown }) => error.code,
    );
    return [outcome, received.length];
  };

  it.each(['https://example.com/', '/home/ann', 'FILE', 'file:/home', ''])(
    'that are no file:// URIs are not sent: %j [ROOT-008]',
    async (uri) => {
      expect(await rootsOf(uri)).toEqual(['invalid-input', 1]);
    },
  );

  it.each([
    'file:///home/../etc',
    'file:///home/%2e%2E/etc',
    'file:///home/..',
    'file:///a/./b',
    'file:///a\\..\\b',
    'file:///%zz',
  ])('that lead elsewhere by dots are not sent: %j [ROOT-010]', async (uri) => {
    expect(await rootsOf(uri)).toEqual(['invalid-input', 1]);
  });

  it.each(['file:///home/ann/project', 'file:///C:/a..b/.config', 'file:///'])(
    'of other directories are: %j [ROOT-010]',
    async (uri) => {
      expect(await rootsOf(uri)).toEqual(['sent', 2]);
    },
  );

  it('are sent to who asks for them, as the handler gives them, and to nobody else [ROOT-009]', async () => {
    const listRoots = vi.fn(() => ({ roots: [{ uri: 'file:///home/ann', name: 'Home' }] }));
    const { client, received } = setUp(
      (request, turn) => (request.params['name'] === 'asks' ? asking({ q: ROOTS })(request, turn) : DONE),
      { listRoots },
    );
    await client.callTool('asks');
    await client.callTool('does not');
    expect(listRoots).toHaveBeenCalledTimes(1);
    const bodies = received.filter(({ wire }) => wire.body.includes('/home/ann'));
    expect(bodies.map(({ params }) => params['inputResponses'])).toEqual([
      { q: { roots: [{ uri: 'file:///home/ann', name: 'Home' }] } },
    ]);
  });
});
