import type { CacheOptions, CacheStore, CallOptions } from '@switchyard/client';
import { ClientError, createClient, memoryStore } from '@switchyard/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { until } from '../support/environment.ts';
import type { Script } from './scripted.ts';
import { Answered, FakeClock, scripted, turns } from './scripted.ts';

const LIST = { tools: [{ name: 'one', inputSchema: { type: 'object' } }] };
const FRESH = { ...LIST, ttlMs: 1000, cacheScope: 'private' };

function setUp(script: Script, cache: CacheOptions | false = {}) {
  const environment = new FakeClock();
  const warnings: string[] = [];
  const { link, received } = scripted(script);
  const client = createClient({ link, environment, cache, onWarning: (text) => warnings.push(text) });
  return { client, received, environment, link, warnings };
}

/** Tells whoever listens of changes, and does everything else as the script says. */
function telling(script: Script): { readonly script: Script; readonly tell: (method: string) => void } {
  let tell: ((method: string) => void) | undefined;
  return {
    tell: (method) => tell?.(method),
    script: (received, turn) => {
      const { wire, method, params } = received;
      if (method !== 'subscriptions/listen') return script(received, turn);
      const _meta = { 'io.modelcontextprotocol/subscriptionId': wire.id };
      tell = (name) => wire.notify?.({ jsonrpc: '2.0', method: name, params: { ...params, _meta } });
      return new Promise((_, reject) =>
        wire.signal?.addEventListener('abort', () => reject(new Error('closed'))),
      );
    },
  };
}

describe('the cache, whatever happens', () => {
  it('never gives out what is older than the server allows, or was dropped', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('list' as const), who: fc.constantFrom('ann', 'ben') }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
      fc.record({ do: fc.constant('change' as const) }),
    );
    const scopes = fc.constantFrom('public', 'private');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), scopes, async (steps, cacheScope) => {
        const { script, tell } = telling(({ wire }, turn) => {
          return { tools: [], ttlMs: 1000, cacheScope, turn, who: wire.headers['x-who'] };
        });
        const { client, environment, received } = setUp(script);
        client.listen({ toolsListChanged: true });
        await turns();
        tell('notifications/subscriptions/acknowledged');
        const kept = new Map<string, { turn: unknown; at: number }>();
        for (const one of steps) {
          if (one.do === 'wait') await environment.pass(one.ms);
          else if (one.do === 'change') {
            tell('notifications/tools/list_changed');
            kept.clear();
          } else {
            const asked = received.length;
            const page = await client.listToolsPage(undefined, { headers: { 'x-who': one.who } });
            const key = cacheScope === 'public' ? '' : one.who;
            const model = kept.get(key);
            const isFresh = model !== undefined && environment.now() < model.at + 1000;
            expect(received.length - asked).toBe(isFresh ? 0 : 1);
            if (isFresh) expect(page['turn']).toBe(model.turn);
            else kept.set(key, { turn: page['turn'], at: environment.now() });
            if (cacheScope === 'private') expect(page['who']).toBe(one.who);
          }
        }
        await client.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('the cache', () => {
  it('gives out a result as long as it is fresh', async () => {
    const { client, received, environment } = setUp(() => FRESH);
    await client.listTools();
    await environment.pass(999);
    await client.listTools();
    expect(received).toHaveLength(1);
    await environment.pass(1);
    await client.listTools();
    expect(received).toHaveLength(2);
  });

  it.each([0, -5, undefined, 'soon', Number.NaN])('keeps nothing with a ttlMs of %s', async (ttlMs) => {
    const { client, received } = setUp(() => ({ ...LIST, ttlMs, cacheScope: 'public' }));
    await client.listTools();
    await client.listTools();
    expect(received).toHaveLength(2);
  });

  it('makes one request of what ten want at once, with the cache and without', async () => {
    for (const cache of [{}, false] as const) {
      const { client, received } = setUp(async () => {
        await turns();
        return FRESH;
      }, cache);
      await Promise.all(Array.from({ length: 10 }, () => client.listTools()));
      expect(received).toHaveLength(1);
    }
  });

  it('ends only the waiting of who gives up, and the request once nobody waits', async () => {
    const { client, received } = setUp(
      ({ wire }) =>
        new Promise((_, reject) => wire.signal?.addEventListener('abort', () => reject(wire.signal?.reason))),
    );
    const [a, b] = [new AbortController(), new AbortController()];
    const first = client.listTools({ signal: a.signal });
    const second = client.listTools({ signal: b.signal });
    await turns();
    a.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(received[0]?.wire.signal?.aborted).toBe(false);
    b.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    expect(received[0]?.wire.signal?.aborted).toBe(true);
    expect(received).toHaveLength(1);
  });

  it.each([{}, false] as const)(
    'asks anew while what was given up is still on its way to its end, with the cache %j',
    async (cache) => {
      let end = (_error: Error): void => undefined;
      const { client, received } = setUp((_received, turn) => {
        if (turn > 1) return FRESH;
        return new Promise((_, reject) => {
          end = reject;
        });
      }, cache);
      const controller = new AbortController();
      const first = client.listTools({ signal: controller.signal });
      await turns();
      controller.abort();
      await expect(first).rejects.toMatchObject({ code: 'aborted' });
      const second = client.listTools();
      await turns();
      end(new ClientError('aborted', 'late'));
      expect((await second).tools).toHaveLength(1);
      expect(received).toHaveLength(2);
    },
  );

  it('keeps pages, resources and callers apart', async () => {
    const { client, received } = setUp(({ params }) =>
      'uri' in params
        ? { contents: [{ uri: params['uri'], text: 'x' }], ttlMs: 1000, cacheScope: 'private' }
        : { ...FRESH, nextCursor: params['cursor'] === undefined ? '' : undefined },
    );
    await client.listTools();
    await client.listTools();
    expect(received.map(({ params }) => params['cursor'])).toEqual([undefined, '']);
    await client.readResource('a:1');
    await client.readResource('a:2');
    await client.readResource('a:1', { headers: { authorization: 'Bearer other' } });
    await client.readResource('a:1');
    expect(received).toHaveLength(5);
  });

  it.each(['private', 'public'])(
    'keeps apart what was asked with other keys of extensions, %s results [CACHE-021]',
    async (cacheScope) => {
      const { client, received } = setUp(({ params }) => ({
        ...LIST,
        ttlMs: 1000,
        cacheScope,
        for: params['_meta'],
      }));
      const list = async (meta: Record<string, unknown>) =>
        (await client.listToolsPage(undefined, { meta }))['for'];
      expect(await list({ 'com.x/tenant': 'a' })).toMatchObject({ 'com.x/tenant': 'a' });
      expect(await list({ 'com.x/tenant': 'b' })).toMatchObject({ 'com.x/tenant': 'b' });
      expect(await list({})).not.toHaveProperty('com.x/tenant');
      await list({ baggage: 'tenant=c' });
      expect(received).toHaveLength(4);
      await list({ traceparent: 'one', 'com.x/tenant': 'a' });
      await list({ 'com.x/tenant': 'b', tracestate: 'two' });
      await list({ traceparent: 'three' });
      expect(received).toHaveLength(4);
    },
  );

  it.each([{}, false] as const)('holds each caller to its own limits, with the cache %j', async (cache) => {
    const { client, received, environment } = setUp(
      ({ wire }) =>
        new Promise((_, reject) => wire.signal?.addEventListener('abort', () => reject(wire.signal?.reason))),
      cache,
    );
    const ends: string[] = [];
    const list = (name: string, options: CallOptions) =>
      client.listTools(options).catch(() => void ends.push(name));
    const calls = [
      list('slow', { timeoutMs: 1000, retries: 0 }),
      list('slow too', { timeoutMs: 1000, retries: 0 }),
      list('fast', { timeoutMs: 500, retries: 0 }),
      list('fast over all', { timeoutMs: 1000, totalTimeoutMs: 400, retries: 0 }),
    ];
    await environment.pass(400);
    expect(ends).toEqual(['fast over all']);
    await environment.pass(100);
    expect(ends).toEqual(['fast over all', 'fast']);
    await environment.pass(500);
    expect(ends).toEqual(['fast over all', 'fast', 'slow', 'slow too']);
    expect(received).toHaveLength(3);
    await Promise.all(calls);
  });

  it('shares public results among callers, and never a private one', async () => {
    const store = memoryStore();
    const open = (authorization: string | undefined, scope: string) => {
      const { link, received } = scripted(() => ({ ...LIST, ttlMs: 1000, cacheScope: scope }));
      const cache = authorization === undefined ? { store } : { store, authorization };
      return { client: createClient({ link, cache }), received };
    };
    await open('ann', 'private').client.listTools();
    const ben = open('ben', 'private');
    await ben.client.listTools();
    expect(ben.received).toHaveLength(1);
    const ann = open('ann', 'private');
    await ann.client.listTools();
    expect(ann.received).toHaveLength(0);
    const nobody = open(undefined, 'public');
    await nobody.client.listTools();
    expect(nobody.received).toHaveLength(1);
    const other = open(undefined, 'public');
    await other.client.listTools();
    expect(other.received).toHaveLength(0);
  });

  it('puts nothing private into a store that others may share, unless it knows who calls', async () => {
    const kept: string[] = [];
    const store = { get: () => undefined, set: (key: string) => void kept.push(key), drop: () => undefined };
    const { client, received } = setUp(() => FRESH, { store });
    await client.listTools();
    await client.listTools();
    expect(kept).toEqual([]);
    expect(received).toHaveLength(1);
  });

  it('keeps nothing private that somebody was signed in for, or out, on the way [CACHE-020]', async () => {
    for (const cacheScope of ['private', 'public']) {
      let user = 'nobody';
      const { client, received } = setUp(
        (_, turn) => {
          if (turn === 1) user = 'ann';
          return { contents: [{ uri: 'a:1', text: `for ${user}` }], ttlMs: 1000, cacheScope };
        },
        { authorization: () => user },
      );
      const read = async () => (await client.readResource('a:1')).contents;
      expect(await read()).toMatchObject([{ text: 'for ann' }]);
      user = 'nobody';
      const isPublic = cacheScope === 'public';
      expect(await read()).toMatchObject([{ text: isPublic ? 'for ann' : 'for nobody' }]);
      await read();
      expect(received).toHaveLength(isPublic ? 1 : 2);
    }
  });

  it('can be told to ask anew, or to stay out of it', async () => {
    const { client, received } = setUp(() => FRESH);
    await client.listTools();
    await client.listTools({ cache: 'refresh' });
    await client.listTools({ cache: 'bypass' });
    await client.listTools();
    expect(received).toHaveLength(3);
  });

  it('gives out what is stale while it asks anew, where that is wanted', async () => {
    const { client, received, environment } = setUp((_, turn) => ({ ...FRESH, turn }), {
      staleWhileRevalidateMs: 500,
    });
    const turnOf = async () => (await client.listToolsPage())['turn'];
    expect(await turnOf()).toBe(1);
    await environment.pass(1200);
    expect(await turnOf()).toBe(1);
    await turns();
    expect(received).toHaveLength(2);
    expect(await turnOf()).toBe(2);
    await environment.pass(1600);
    expect(await turnOf()).toBe(3);
  });

  it('gives out what is stale where the server fails, where that is wanted', async () => {
    const { client, environment } = setUp(
      (_, turn) => {
        if (turn > 1) throw new ClientError('interrupted', 'broken');
        return FRESH;
      },
      { staleOnErrorMs: 500 },
    );
    await client.listTools({ retries: 0 });
    await environment.pass(1200);
    expect((await client.listTools({ retries: 0 })).tools).toHaveLength(1);
    await environment.pass(400);
    await expect(client.listTools({ retries: 0 })).rejects.toMatchObject({ code: 'interrupted' });
  });

  it.each([
    ['a 401', () => new ClientError('http-status', 'no', { status: 401 })],
    ['an answer', () => new Answered(-32602)],
  ])('gives out nothing stale against %s', async (_, error) => {
    const { client, environment } = setUp(
      (_received, turn) => {
        if (turn > 1) throw error();
        return FRESH;
      },
      { staleOnErrorMs: 5000 },
    );
    await client.listTools();
    await environment.pass(1200);
    await expect(client.listTools()).rejects.toThrow();
  });

  it('believes no server for more than a day', async () => {
    const { client, received, environment } = setUp(() => ({ ...FRESH, ttlMs: 1e12 }));
    await client.listTools();
    await environment.pass(24 * 60 * 60_000);
    await client.listTools();
    expect(received).toHaveLength(2);
  });

  it('keeps nothing that an input round has made', async () => {
    const contents = [{ uri: 'a:1', text: 'x' }];
    const { client, received, environment } = setUp(({ params }, turn) =>
      params['requestState'] === undefined && turn === 1
        ? { resultType: 'input_required', requestState: 's' }
        : { contents, ttlMs: 1000, cacheScope: 'public' },
    );
    const read = client.readResource('a:1');
    // A pause, and not the limit of time of a request.
    await until(() => environment.nextIn < 10_000);
    await environment.pass(1000);
    await read;
    expect(received).toHaveLength(2);
    await client.readResource('a:1');
    expect(received).toHaveLength(3);
  });

  it('lives without a store that fails', async () => {
    const broken = () => Promise.reject(new Error('disk'));
    const { client, received, warnings } = setUp(() => ({ ...FRESH, cacheScope: 'public' }), {
      store: { get: broken, set: broken, drop: broken },
    });
    await client.listTools();
    await client.listTools();
    expect(received).toHaveLength(2);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('does not bring back what was dropped while a store was writing it', async () => {
    const memory = memoryStore();
    const writes: (() => void)[] = [];
    const store: CacheStore = {
      get: (key) => memory.get(key),
      set: (key, entry) =>
        new Promise((resolve) => {
          writes.push(() => resolve(memory.set(key, entry)));
        }),
      drop: (prefix) => memory.drop(prefix),
    };
    const { script, tell } = telling((_, turn) => ({ ...FRESH, cacheScope: 'public', turn }));
    const { client } = setUp(script, { store });
    client.listen({ toolsListChanged: true });
    await turns();
    tell('notifications/subscriptions/acknowledged');
    const turnOf = async () => (await client.listToolsPage())['turn'];
    const old = turnOf();
    await turns();
    tell('notifications/tools/list_changed');
    writes.shift()?.();
    const stale = await old;
    const next = turnOf();
    await turns();
    writes.shift()?.();
    expect(await next).not.toBe(stale);
    expect(await turnOf()).toBe(await next);
    await client.close();
  });

  it('gives to everyone what nobody can change', async () => {
    const { client } = setUp(() => FRESH);
    const { tools } = await client.listTools();
    const page = await client.listToolsPage();
    expect(Object.isFrozen(page.tools[0]?.inputSchema)).toBe(true);
    expect(tools[0]).toBe(page.tools[0]);
  });
});
