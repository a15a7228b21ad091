import { describe, expect, it } from 'vitest';
import { nonceStoreContract } from './contract.ts';
import { memoryNonceStore, type NonceStore } from './index.ts';

describe('memoryNonceStore', () => {
  for (const { name, run } of nonceStoreContract(() => memoryNonceStore())) it(name, run);

  it('refuses new ids when full, rather than forget one, and takes them again when some have expired', async () => {
    let now = 0;
    const store = memoryNonceStore({ now: () => now, maxEntries: 3 });
    for (const [id, expiresAt] of [
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ] as const) {
      expect(await store.consume(id, expiresAt)).toBe(true);
    }
    await expect(store.consume('d', 40)).rejects.toThrow(/full/);
    expect(await store.consume('a', 10)).toBe(false);
    now = 10;
    expect(await store.consume('d', 40)).toBe(true);
    await expect(store.consume('e', 40)).rejects.toThrow(/full/);
    expect(await store.consume('b', 20)).toBe(false);
    now = 35;
    expect(await store.consume('e', 40)).toBe(true);
    expect(await store.consume('f', 40)).toBe(true);
    expect(await store.consume('d', 40)).toBe(false);
  });

  it('forgets expired ids as it goes, so that a busy store does not grow', async () => {
    let now = 0;
    const store = memoryNonceStore({ now: () => now, maxEntries: 5_000 });
    // Far more ids than it holds, each live for a thousand steps.
    for (now = 0; now < 20_000; now += 1) expect(await store.consume(`id${now}`, now + 1_000)).toBe(true);
  });

  it('stays quick when it is kept full', async () => {
    let reads = 0;
    const store = memoryNonceStore({ now: () => ++reads && 0, maxEntries: 50_000 });
    for (let index = 0; index < 50_000; index += 1) await store.consume(`id${index}`, 10);
    const started = performance.now();
    for (let index = 0; index < 5_000; index += 1)
      await expect(store.consume(`new${index}`, 10)).rejects.toThrow();
    // A sweep of every id at each attempt would take 250 million steps.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to hold at most %d', (maxEntries) => {
    expect(() => memoryNonceStore({ maxEntries })).toThrow(TypeError);
  });
});

describe('nonceStoreContract', () => {
  const broken: readonly (readonly [string, () => NonceStore])[] = [
    ['accepts everything', () => ({ consume: async () => true })],
    ['refuses everything', () => ({ consume: async () => false })],
    ['looks before it writes', racing],
    ['forgets the expiry', () => forgetful((id) => id)],
    ['cuts ids short', () => forgetful((id) => id.slice(0, 100), true)],
    ['takes the expiry for a part of the id', () => forgetful((id, expiresAt) => `${id}${expiresAt}`, true)],
  ];

  it.each(broken)('fails a store that %s', async (_name, create) => {
    const outcomes = await Promise.allSettled(nonceStoreContract(create).map(({ run }) => run()));
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

function racing(): NonceStore {
  const used = new Set<string>();
  return {
    async consume(id, expiresAt) {
      if (expiresAt <= Date.now() || used.has(id)) return false;
      await Promise.resolve();
      used.add(id);
      return true;
    },
  };
}

function forgetful(keyOf: (id: string, expiresAt: number) => string, minds = false): NonceStore {
  const used = new Set<string>();
  return {
    async consume(id, expiresAt) {
      const key = keyOf(id, expiresAt);
      if ((minds && expiresAt <= Date.now()) || used.has(key)) return false;
      used.add(key);
      return true;
    },
  };
}
