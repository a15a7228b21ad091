import { describe, expect, it, vi } from 'vitest';
import { ask, type CacheableUpstream, cacheable, inFront, list, numbered } from '../test/cacheable.ts';
import { NO_REDIS, ownRedis } from '../test/redis.ts';
import { startGateway } from '../test/support.ts';

describe('news of the server', () => {
  const counted = (parts: Readonly<Record<string, unknown>> = {}) =>
    cacheable((_, n) => list({ n, ...parts }));

  /** Warm and listened to: the acknowledgement drops what was kept before it. */
  async function warm(up: CacheableUpstream, url: string, asking = {}): Promise<void> {
    await ask(url, asking);
    await vi.waitFor(() => expect(up.streams).toHaveLength(1));
    await vi.waitFor(async () => {
      const before = up.got.length;
      await ask(url, asking);
      await ask(url, asking);
      expect(up.got.length).toBe(before);
    });
  }

  it.each([
    ['tools/list', 'notifications/tools/list_changed'],
    ['prompts/list', 'notifications/prompts/list_changed'],
    ['resources/list', 'notifications/resources/list_changed'],
    ['resources/templates/list', 'notifications/resources/list_changed'],
  ])('make %s stale at once, and nothing else', async (method, news) => {
    const up = await counted();
    const { url } = await inFront(up);
    await warm(up, url, { method });
    await ask(url, { method: 'server/discover' });
    const before = up.got.length;
    up.tell(news);
    await vi.waitFor(async () => {
      await ask(url, { method });
      expect(up.got.length).toBeGreaterThan(before);
    });
    const after = up.got.length;
    await ask(url, { method: 'server/discover' });
    expect(up.got.length).toBe(after);
  });

  it('are asked for one resource at a time where resources were read, parts included', async () => {
    const up = await counted();
    const { url } = await inFront(up);
    const read = (uri: string) => ({ method: 'resources/read', params: { uri } });
    await warm(up, url, read('file:///a'));
    await ask(url, read('file:///b'));
    await vi.waitFor(
      () =>
        expect(up.streams.at(-1)?.request.params['notifications']).toMatchObject({
          resourceSubscriptions: ['file:///a', 'file:///b'],
        }),
      { timeout: 5000 },
    );
    await vi.waitFor(() => expect(up.streams).toHaveLength(1));
    await ask(url, read('file:///a'));
    await ask(url, read('file:///b'));
    const before = up.got.length;
    up.tell('notifications/resources/updated', { uri: 'file:///a/part' });
    await vi.waitFor(async () => {
      await ask(url, read('file:///a'));
      expect(up.got.length).toBeGreaterThan(before);
    });
    const after = up.got.length;
    await ask(url, read('file:///b'));
    expect(up.got.length).toBe(after);
  });

  it('may have been missed where the stream breaks: everything is dropped', async () => {
    const up = await counted();
    const { url } = await inFront(up);
    await warm(up, url);
    const before = up.got.length;
    for (const { res } of [...up.streams]) res.destroy();
    await vi.waitFor(async () => {
      await ask(url);
      expect(up.got.length).toBeGreaterThan(before);
    });
  });

  it('that come while an answer is on its way keep it from being kept', async () => {
    let release = () => {};
    let hold = false;
    const up = await cacheable(async (_, n) => {
      if (hold) await new Promise<void>((resolve) => (release = resolve));
      return list({ n });
    });
    const { url } = await inFront(up);
    await warm(up, url);
    hold = true;
    const late = ask(url, { params: { cursor: 'x' } });
    const asked = up.got.length;
    await vi.waitFor(() => expect(up.got.length).toBe(asked + 1));
    up.tell('notifications/tools/list_changed');
    // Until the news are heard, what was kept before is given.
    await vi.waitFor(() => expect(up.got.length).toBe(asked + 1));
    hold = false;
    await vi.waitFor(async () => {
      const before = up.got.length;
      await ask(url);
      expect(up.got.length).toBeGreaterThan(before);
    });
    release();
    await late;
    const before = up.got.length;
    await ask(url, { params: { cursor: 'x' } });
    expect(up.got.length).toBe(before + 1);
  });

  it('are listened to with one stream for each server, and none where nothing is kept', async () => {
    const up = await counted();
    const { url, gateway } = await inFront(up);
    await warm(up, url);
    await Promise.all(Array.from({ length: 20 }, (_, i) => ask(url, { params: { cursor: String(i) } })));
    expect(up.streams).toHaveLength(1);
    await gateway.close({ timeoutMs: 0 });
    await vi.waitFor(() => expect(up.streams).toHaveLength(0));
    const none = await cacheable(() => list({ ttlMs: 0 }));
    const idle = await inFront(none);
    await ask(idle.url);
    expect(none.streams).toHaveLength(0);
  });

  it('that a server does not offer leave it to its times to live', async () => {
    const up = await numbered();
    const { url } = await inFront(up);
    await ask(url);
    await ask(url, { params: { cursor: 'b' } });
    await vi.waitFor(() =>
      expect(up.seen.filter(({ headers }) => headers['mcp-method'] === 'subscriptions/listen')).toHaveLength(
        1,
      ),
    );
    expect((await ask(url)).json.result.n).toBe(1);
  });
});

describe('the shared store', () => {
  it('is told little, whatever a server invents and however often it repeats itself', async ({ skip }) => {
    const redis = (await ownRedis()) ?? skip(NO_REDIS);
    const up = await cacheable((_, n) => list({ n }));
    const servers = { s: { path: '/mcp', replicas: [up.url] } };
    const { url } = await startGateway({ servers, cache: { store: 'state' }, state: redis.url });
    const read = { method: 'resources/read', params: { uri: 'file:///a' } };
    await ask(url, read);
    await vi.waitFor(() => expect(up.streams).toHaveLength(1));
    for (let i = 0; i < 500; i++) {
      up.tell('notifications/resources/updated', { uri: `file:///invented/${i}` });
      up.tell('notifications/tools/list_changed');
    }
    const before = up.got.length;
    up.tell('notifications/resources/updated', { uri: 'file:///a' });
    await vi.waitFor(async () => {
      await ask(url, read);
      expect(up.got.length).toBeGreaterThan(before);
    });
    const keys = Number(/:(\d+)/.exec(await redis.ask('DBSIZE'))?.[1]);
    const sets = Number(/cmdstat_set:calls=(\d+)/.exec(await redis.ask('INFO commandstats'))?.[1]);
    expect(keys).toBeLessThan(10);
    expect(sets).toBeLessThan(100);
  });
});

describe('the memory of the cache', () => {
  it('stays within its bound, whatever keys callers invent', async () => {
    const up = await numbered({ pad: 'x'.repeat(2000) });
    const { url, gateway } = await inFront(up, { cache: { size: '64KiB' } });
    for (let i = 0; i < 200; i++) await ask(url, { params: { cursor: `${i}${'y'.repeat(3000)}` } });
    const { entries = 0, bytes = 0 } = gateway.stats().cache ?? {};
    expect(bytes).toBeLessThanOrEqual(65_536);
    expect(entries).toBeGreaterThan(10);
    const asked = up.got.length;
    await ask(url, { params: { cursor: `199${'y'.repeat(3000)}` } });
    expect(up.got.length).toBe(asked);
  });

  it('keeps nothing that is larger than all of it', async () => {
    const up = await numbered({ pad: 'x'.repeat(70_000) });
    const { url } = await inFront(up, { cache: { size: '64KiB' } });
    await ask(url);
    expect((await ask(url)).json.result.n).toBe(2);
  });
});
