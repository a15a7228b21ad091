import { META } from '@switchyard/wire';
import { describe, expect, it, vi } from 'vitest';
import { ask, cacheable, type Given, inFront, list, numbered } from '../test/cacheable.ts';
import { post, startGateway } from '../test/support.ts';

/** A list as `fetch` sends it. */
function request(): RequestInit {
  const headers = {
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
  };
  const _meta = { [META.protocolVersion]: '2026-07-28', [META.clientCapabilities]: {} };
  return {
    method: 'POST',
    headers,
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta } }),
  };
}

describe('an answer that a server calls fresh', () => {
  it('is given again without asking, with the id of each request and what is left of its time [CACHE-022]', async () => {
    let clock = 1_000_000;
    const up = await numbered();
    const { url, gateway } = await inFront(up, { options: { clock: () => clock } });
    expect((await ask(url, { id: 5 })).json).toEqual({
      jsonrpc: '2.0',
      id: 5,
      result: { resultType: 'complete', tools: [], ttlMs: 60_000, cacheScope: 'public', n: 1 },
    });
    clock += 20_000;
    const again = await ask(url, { id: 'é"7' });
    expect(again.json).toMatchObject({ id: 'é"7', result: { n: 1, ttlMs: 40_000 } });
    expect(again.headers['content-length']).toBe(String(Buffer.byteLength(again.text)));
    clock += 40_000;
    expect((await ask(url)).json.result).toMatchObject({ n: 2, ttlMs: 60_000 });
    expect(up.got).toHaveLength(2);
    expect(gateway.stats().cache).toMatchObject({ hits: 1, misses: 2, entries: 1 });
  });

  it.each(['server/discover', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'])(
    'may be one to %s',
    async (method) => {
      const up = await numbered();
      const { url } = await inFront(up);
      await ask(url, { method });
      expect((await ask(url, { method })).json.result.n).toBe(1);
    },
  );

  it('is given only where method, params, capabilities, query and other headers are the same [CACHE-021]', async () => {
    const up = await numbered();
    const { url } = await inFront(up);
    const different = [
      {},
      { method: 'prompts/list' },
      { params: { cursor: 'a' } },
      { params: { cursor: 'A' } },
      { meta: { [META.clientCapabilities]: { elicitation: {} } } },
      { meta: { 'com.example/tenant': 'b' } },
      { headers: { 'x-tenant': 'b' } },
      { headers: { 'accept-language': 'de' } },
      { headers: { 'x-api-key': 'a' } },
      { headers: { 'x-api-key': 'b' } },
      { path: '/mcp?tenant=b' },
      { method: 'resources/read', params: { uri: 'file:///a' } },
      { method: 'resources/read', params: { uri: 'file:///b' } },
    ];
    for (const asking of different) await ask(url, asking);
    expect(up.got).toHaveLength(different.length);
    for (const [i, asking] of different.entries()) expect((await ask(url, asking)).json.result.n).toBe(i + 1);
    expect(up.got).toHaveLength(different.length);
  });

  it('does not depend on the order of members', async () => {
    const up = await numbered();
    const { url } = await inFront(up);
    await ask(url, { params: { a: 1, b: { c: 2, d: 3 } } });
    expect((await ask(url, { params: { b: { d: 3, c: 2 }, a: 1 } })).json.result.n).toBe(1);
  });

  it('is not taken for fresh longer than is configured, and not kept where a server has it off', async () => {
    let clock = 0;
    const up = await numbered({ ttlMs: 9e15 });
    const { url } = await inFront(up, { cache: { maxTtl: '1s' }, options: { clock: () => clock } });
    await ask(url);
    expect((await ask(url)).json.result).toMatchObject({ n: 1, ttlMs: 1000 });
    clock = 1000;
    expect((await ask(url)).json.result.n).toBe(2);
    const off = await inFront(up, { server: { cache: false } });
    await ask(off.url);
    expect((await ask(off.url)).json.result.n).toBe(4);
  });
});

describe('what is never kept', () => {
  it.each<[string, Given]>([
    ['a result without time', list({ ttlMs: undefined })],
    ['a result with no time', list({ ttlMs: 0 })],
    ['a result with less than no time', list({ ttlMs: -5 })],
    ['a result whose time is no number', list({ ttlMs: '60000' })],
    [
      'a question back',
      { resultType: 'input_required', inputRequests: {}, ttlMs: 60_000, cacheScope: 'public' },
    ],
    ['an error', { status: 200, error: { code: -32602, message: 'no' } }],
    ['an error of the server', { status: 500, error: { code: -32603, message: 'no' } }],
    ['a private result where callers cannot be told apart [CACHE-004]', list({ cacheScope: 'private' })],
    ['a result that does not say whose it is', list({ cacheScope: undefined })],
  ])('%s', async (_, given) => {
    const up = await cacheable(() => given, { listens: false });
    const { url, gateway } = await inFront(up);
    for (let i = 0; i < 3; i++) await ask(url, { method: 'resources/read', params: { uri: 'x:y' } });
    expect(up.got).toHaveLength(3);
    expect(gateway.stats().cache?.entries).toBe(0);
  });

  it('a result whose time is negative, which counts as none [CACHE-023]', async () => {
    const up = await numbered({ ttlMs: -60_000 });
    const { url } = await inFront(up);
    expect((await ask(url)).json.result.n).toBe(1);
    expect((await ask(url)).json.result.n).toBe(2);
  });

  it('what comes of an input round, nor is it answered from what is kept [CACHE-002]', async () => {
    const up = await numbered();
    const { url } = await inFront(up);
    const read = { method: 'resources/read', params: { uri: 'x:y' } };
    await ask(url, read);
    for (const round of [
      { inputResponses: {} },
      { requestState: 's' },
      { inputResponses: {}, requestState: 's' },
    ]) {
      const answer = await ask(url, { ...read, params: { ...read.params, ...round } });
      expect(answer.json.result.n).toBeGreaterThan(1);
      expect(up.got.at(-1)?.params).toMatchObject(round);
    }
    expect((await ask(url, read)).json.result.n).toBe(1);
  });

  it('calls and tasks', async () => {
    const up = await numbered();
    const { url } = await inFront(up);
    for (const method of [
      'tools/call',
      'prompts/get',
      'tasks/get',
      'completion/complete',
      'com.example/list',
    ]) {
      const headers = { 'mcp-name': 'x' };
      const params = { name: 'x', taskId: 'x' };
      await ask(url, { method, params, headers });
      await ask(url, { method, params, headers });
    }
    expect(up.got).toHaveLength(10);
  });
});

describe('who may see what is kept', () => {
  const pass = { authorization: 'pass' } as const;

  it('a private answer only who it was given to: another token is another context [CACHE-004]', async () => {
    const up = await cacheable(
      ({ headers }, n) => list({ n, whose: headers['authorization'], cacheScope: 'private' }),
      {
        listens: false,
      },
    );
    const { url } = await inFront(up, { server: pass });
    for (const token of ['a', 'b', 'a', 'b']) {
      expect((await ask(url, { token })).json.result.whose).toBe(`Bearer ${token}`);
    }
    expect((await ask(url)).json.result.whose).toBeUndefined();
    expect(up.got).toHaveLength(3);
  });

  it('an answer that a server which sees credentials calls public, too: it may be poison', async () => {
    const up = await cacheable(({ headers }) => list({ secret: headers['authorization'] }), {
      listens: false,
    });
    const { url } = await inFront(up, { server: pass });
    const mine = await ask(url, { token: 'a' });
    // It is not called public on the way to the caller either.
    expect(mine.json.result).toMatchObject({ secret: 'Bearer a', cacheScope: 'private' });
    expect((await ask(url, { token: 'b' })).json.result.secret).toBe('Bearer b');
    expect((await ask(url, { token: 'a' })).json.result.secret).toBe('Bearer a');
    expect(up.got).toHaveLength(2);
  });

  it('everyone, where the operator trusts the server', async () => {
    const up = await numbered();
    const { url } = await inFront(up, { server: { ...pass, trusted: true } });
    await ask(url, { token: 'a' });
    expect((await ask(url, { token: 'b' })).json.result).toMatchObject({ n: 1, cacheScope: 'public' });
  });

  it('private answers of a trusted server stay private', async () => {
    const up = await numbered({ cacheScope: 'private' });
    const { url } = await inFront(up, { server: { ...pass, trusted: true } });
    const answers = await Promise.all(['a', 'b', 'a', 'b'].map((token) => ask(url, { token })));
    expect(answers[0]?.json.result.n).toBe(answers[2]?.json.result.n);
    expect(answers[1]?.json.result.n).toBe(answers[3]?.json.result.n);
    expect(answers[0]?.json.result.n).not.toBe(answers[1]?.json.result.n);
  });

  it('nothing that a caller slips in reaches a server on behalf of others', async () => {
    const up = await cacheable(({ headers, params }) => list({ reflected: { headers, params } }), {
      listens: false,
    });
    const { url } = await inFront(up, { cache: { ignoreHeaders: ['x-session'] } });
    const evil = 'EVIL';
    const headers = {
      'user-agent': evil,
      'x-request-id': evil,
      'x-session': evil,
      baggage: `a=${evil}`,
      tracestate: `a=${evil}`,
      traceparent: evil,
      'x-forwarded-for': evil,
      'if-none-match': evil,
      accept: `application/json, text/event-stream, ${evil}`,
    };
    const info = { name: evil, version: evil };
    const meta = {
      ...{ [META.clientInfo]: info, progressToken: evil, baggage: evil, tracestate: evil, traceparent: evil },
      [META.logLevel]: 'debug',
    };
    await ask(url, { headers, meta, id: evil });
    const { text } = await ask(url);
    expect(up.got).toHaveLength(1);
    expect(text).toContain('reflected');
    expect(text).not.toContain(evil);
    // What is not known to be harmless keeps answers apart.
    await ask(url, { headers: { 'x-other': evil } });
    expect((await ask(url)).text).not.toContain(evil);
  });

  it('nobody, once the server is another by its configuration', async () => {
    const one = await numbered({ from: 'one' });
    const two = await numbered({ from: 'two' });
    const servers = (replicas: string[]) => ({ s: { path: '/mcp', replicas } });
    const { url, gateway } = await startGateway({ servers: servers([one.url]), cache: {} });
    await ask(url);
    gateway.reload({ listen: { port: 0 }, servers: servers([two.url]), cache: {} });
    expect((await ask(url)).json.result.from).toBe('two');
    gateway.reload({ listen: { port: 0 }, servers: servers([one.url]), cache: {}, drain: '1s' });
    // What was kept is kept over a reload.
    expect((await ask(url)).json.result).toMatchObject({ from: 'one', n: 1 });
  });
});

describe('many who ask at the same time', () => {
  const together = (url: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, id) => ask(url, { id })));
  const slow = async (given: () => Given) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return given();
  };

  it('are answered by one question to the server', async () => {
    const up = await cacheable((_, n) => slow(() => list({ n })), { listens: false });
    const { url } = await inFront(up);
    const answers = await together(url, 50);
    expect(up.got).toHaveLength(1);
    expect(answers.map(({ json }) => json.id)).toEqual(Array.from({ length: 50 }, (_, id) => id));
  });

  it('get each their own where the answer turns out not to be for all', async () => {
    for (const parts of [{ cacheScope: 'private' }, { ttlMs: 0 }, { resultType: 'input_required' }]) {
      const up = await cacheable((_, n) => slow(() => list({ n, ...parts })), { listens: false });
      const { url } = await inFront(up);
      const answers = await together(url, 10);
      expect(new Set(answers.map(({ json }) => json.result.n)).size).toBe(10);
    }
  });

  it('ask for nothing any more once all have left', async () => {
    let given = 0;
    const up = await cacheable(() => new Promise<Given>(() => {}), { listens: false });
    up.server.on('request', (req) => req.on('close', () => (given += 1)));
    const { url } = await inFront(up);
    const leaving = new AbortController();
    const asked = [1, 2].map(() => fetch(`${url}/mcp`, { ...request(), signal: leaving.signal }));
    await vi.waitFor(() => expect(up.got).toHaveLength(1));
    leaving.abort();
    await Promise.allSettled(asked);
    await vi.waitFor(() => expect(given).toBe(1));
  });

  it('do not lose the answer when the one who asked first leaves', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const up = await cacheable(
      async (_, n) => {
        await held;
        return list({ n });
      },
      { listens: false },
    );
    const { url, gateway } = await inFront(up);
    const leaving = new AbortController();
    const first = fetch(`${url}/mcp`, { ...request(), signal: leaving.signal });
    await vi.waitFor(() => expect(up.got).toHaveLength(1));
    const second = ask(url, { headers: { 'accept-language': '*' } });
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(2));
    // What comes later is answered later: the second waits by then.
    for (let i = 0; i < 3; i++) await post(url, { path: '/nowhere' });
    leaving.abort();
    await first.catch(() => undefined);
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(1));
    release();
    expect((await second).json.result.n).toBe(1);
    expect(up.got).toHaveLength(1);
  });
});

describe('a stale answer', () => {
  it('is given while a fresh one is fetched, once, within its limit, and said to be stale', async () => {
    let clock = 0;
    let release = () => {};
    const up = await cacheable(
      async (_, n) => {
        if (n === 2) await new Promise<void>((resolve) => (release = resolve));
        return list({ n, ttlMs: 1000 });
      },
      { listens: false },
    );
    const cache = { staleWhileRevalidate: '5s' };
    const { url, gateway } = await inFront(up, { cache, options: { clock: () => clock } });
    await ask(url);
    clock = 2000;
    const stale = await Promise.all([ask(url), ask(url), ask(url)]);
    for (const { json } of stale) expect(json.result).toMatchObject({ n: 1, ttlMs: 0 });
    await vi.waitFor(() => expect(up.got).toHaveLength(2));
    release();
    await vi.waitFor(async () => expect((await ask(url)).json.result.n).toBe(2));
    expect(up.got).toHaveLength(2);
    clock = 60_000;
    expect((await ask(url)).json.result.n).toBe(3);
    expect(gateway.stats().cache?.stale).toBeGreaterThanOrEqual(3);
  });

  it('is given where the server cannot be reached or fails, within its limit, and not where it says no', async () => {
    let clock = 0;
    let given: Given = list({ ttlMs: 1000 });
    const up = await cacheable(() => given, { listens: false });
    const { url } = await inFront(up, { cache: { staleOnError: '10s' }, options: { clock: () => clock } });
    await ask(url);
    clock = 2000;
    given = { status: 503 };
    expect((await ask(url)).json.result).toMatchObject({ resultType: 'complete', ttlMs: 0 });
    given = { status: 500, error: { code: -32603, message: 'broken' } };
    expect((await ask(url)).json.result).toMatchObject({ ttlMs: 0 });
    for (const status of [401, 403, 404, 429]) {
      given = { status, error: { code: 1, message: 'no' } };
      expect((await ask(url)).status).toBe(status);
    }
    given = { status: 503 };
    clock = 11_000;
    expect((await ask(url)).status).toBe(503);
  });

  it('is given to nobody where nothing is configured', async () => {
    let clock = 0;
    let given: Given = list({ ttlMs: 1000 });
    const up = await cacheable(() => given, { listens: false });
    const { url } = await inFront(up, { options: { clock: () => clock } });
    await ask(url);
    clock = 1000;
    given = { status: 503 };
    expect((await ask(url)).status).toBe(503);
  });
});
