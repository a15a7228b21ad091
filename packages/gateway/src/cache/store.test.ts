import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryState } from '../state/memory-state.ts';
import { redisState } from '../state/redis-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import type { CacheStore, Entry } from './entry.ts';
import { MemoryStore } from './memory-store.ts';
import { StateStore } from './state-store.ts';

let clock = 1_000_000;
const now = () => clock;

function redis(prefix: string): SharedState {
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const options = { password: undefined, ca: undefined, timeoutMs: 2000, log: () => {} };
  return redisState({ ...options, url, prefix, now: () => performance.now(), clock: now });
}

const opened: SharedState[] = [];
const probe = redis('switchyard_test_probe:');
opened.push(probe);
const reachable = await probe.get('x').then(
  () => true,
  () => false,
);
if (!reachable) console.warn('no Redis at REDIS_URL or 127.0.0.1:6379: its store is not run');
afterAll(async () => {
  for (const state of opened) await state.close();
});

const stores: [string, () => CacheStore][] = [
  ['in memory', () => new MemoryStore(1024 * 1024, now)],
  ['in shared state of one instance', () => new StateStore(memoryState({ clock: now }), now)],
];
if (reachable)
  stores.push([
    'in Redis',
    () => {
      const state = redis(`switchyard_test_${randomBytes(6).toString('hex')}:`);
      opened.push(state);
      return new StateStore(state, now);
    },
  ]);

const entry = (parts: Partial<Entry> = {}): Entry => ({
  server: 's',
  topic: 'tools',
  body: Buffer.from('{"resultType":"complete","text":"é\u2028"}'),
  receivedAt: clock,
  ttlMs: 60_000,
  keepMs: 60_000,
  ...parts,
});

describe.each(stores)('answers kept %s', (_, create) => {
  const put = async (store: CacheStore, key: string, put: Entry) =>
    store.set(key, put, await store.mark(put));

  it('are given back as they were put, under their key alone', async () => {
    const store = create();
    expect(await store.get('a', entry())).toBeUndefined();
    const keys = ['a', 'A', 'a\u0000', 'a/b', '../a', 'ä', 'x'.repeat(5000), `${'x'.repeat(5000)}y`];
    for (const [i, key] of keys.entries()) await put(store, key, entry({ ttlMs: 1000 + i }));
    for (const [i, key] of keys.entries()) {
      const found = await store.get(key, entry());
      expect(found?.ttlMs).toBe(1000 + i);
      expect(found?.body.equals(entry().body)).toBe(true);
      expect(found?.receivedAt).toBe(clock);
    }
    await put(store, 'a', entry({ ttlMs: 5 }));
    expect((await store.get('a', entry()))?.ttlMs).toBe(5);
  });

  it('are gone when their time is over', async () => {
    const store = create();
    await put(store, 'a', entry({ keepMs: 5000 }));
    clock += 4999;
    expect(await store.get('a', entry())).toBeDefined();
    clock += 1;
    expect(await store.get('a', entry())).toBeUndefined();
  });

  it('are gone after news of their topic or of all, and no others', async () => {
    const store = create();
    const kinds = { tools: entry(), prompts: entry({ topic: 'prompts' }), other: entry({ server: 't' }) };
    const fill = async () => {
      for (const [key, kind] of Object.entries(kinds)) await put(store, key, kind);
    };
    const left = async () => {
      const found = await Promise.all(
        Object.entries(kinds).map(async ([key, kind]) => [key, await store.get(key, kind)]),
      );
      return found.filter(([, kept]) => kept !== undefined).map(([key]) => key);
    };
    await fill();
    expect(await left()).toEqual(['tools', 'prompts', 'other']);
    await store.drop('s', 'tools');
    expect(await left()).toEqual(['prompts', 'other']);
    await fill();
    await store.drop('s');
    expect(await left()).toEqual(['other']);
    await fill();
    expect(await left()).toEqual(['tools', 'prompts', 'other']);
    await store.drop('s', 'nothing');
    expect(await left()).toContain('tools');
  });

  it('are not kept where news came between question and answer', async () => {
    const store = create();
    for (const topic of ['tools', undefined]) {
      const mark = await store.mark(entry());
      await store.drop('s', topic);
      await store.set('a', entry(), mark);
      expect(await store.get('a', entry())).toBeUndefined();
    }
  });
});

describe('answers in shared state', () => {
  it('are another instance’s, too, and its news count here', async () => {
    const state = memoryState({ clock: now });
    const [here, there] = [new StateStore(state, now), new StateStore(state, now)];
    await here.set('a', entry(), await here.mark(entry()));
    expect(await there.get('a', entry())).toBeDefined();
    await there.drop('s', 'tools');
    expect(await here.get('a', entry())).toBeUndefined();
  });

  it('are missing where the state is lost or holds something else, and nothing fails', async () => {
    const lost = () => Promise.reject(new Error('lost'));
    const state = { ...memoryState({ clock: now }), get: lost, set: lost };
    const store = new StateStore(state, now);
    await store.set('a', entry(), await store.mark(entry()));
    await store.drop('s');
    expect(await store.get('a', entry())).toBeUndefined();
    const garbled = { ...memoryState({ clock: now }), get: async () => Buffer.from('{"mark":1}\n') };
    expect(await new StateStore(garbled, now).get('a', entry())).toBeUndefined();
  });
});

describe('answers in memory', () => {
  it('leave in the order in which they were used last', async () => {
    const store = new MemoryStore(3000, now);
    const big = entry({ body: Buffer.alloc(500) });
    for (const key of ['a', 'b', 'c']) store.set(key, big, store.mark(big));
    store.get('a');
    store.set('d', big, store.mark(big));
    expect(
      [store.get('a'), store.get('b'), store.get('c'), store.get('d')].map((found) => found !== undefined),
    ).toEqual([true, false, true, true]);
    store.drop('s');
    expect(store.size).toEqual({ entries: 0, bytes: 0 });
  });
});
