import { describe, expect, it } from 'vitest';
import { cacheStoreContract, onceStoreContract } from '../contract.ts';
import { memoryOnce } from '../input/once.ts';
import { memoryStore } from './memory-store.ts';
import type { CacheEntry } from './store.ts';

const ENTRY: CacheEntry = { result: { resultType: 'complete' }, receivedAt: 0, ttlMs: 1, keepMs: 1 };

describe('the memory store', () => {
  for (const { name, run } of cacheStoreContract(() => memoryStore())) it(name, run);

  it('holds no more entries than it may, and those used last', async () => {
    const store = memoryStore({ maxEntries: 2 });
    await store.set('a', ENTRY);
    await store.set('b', ENTRY);
    await store.get('a');
    await store.set('c', ENTRY);
    expect(['a', 'b', 'c'].map((key) => store.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it('holds no more bytes than it may', async () => {
    const big = { ...ENTRY, result: { resultType: 'complete', text: 'x'.repeat(1000) } };
    const store = memoryStore({ maxBytes: 5000 });
    for (const key of ['a', 'b', 'c']) await store.set(key, big);
    expect(['a', 'b', 'c'].map((key) => store.get(key) !== undefined)).toEqual([false, true, true]);
    await store.set('d', { ...ENTRY, result: { resultType: 'complete', text: 'x'.repeat(5000) } });
    expect(store.get('d')).toBeUndefined();
    expect(store.get('c')).toBeDefined();
  });
});

describe('the memory of what was used', () => {
  for (const { name, run } of onceStoreContract(() => memoryOnce())) it(name, run);
});
