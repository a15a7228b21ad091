import type { CacheEntry, CacheStore } from './cache/store.ts';
import type { OnceStore } from './input/once.ts';

/** One behaviour of a contract: `run` rejects with an Error when the store under test does not show it. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The cases that every `CacheStore` must pass, for any test framework; each gets a store of its own.
 * `for (const { name, run } of cacheStoreContract(create)) test(name, run)`.
 */
export function cacheStoreContract(create: () => CacheStore | Promise<CacheStore>): readonly ContractCase[] {
  return CACHE_CASES.map(([name, check]) => ({ name, run: async () => check(await create()) }));
}

/** The cases that every `OnceStore` must pass. */
export function onceStoreContract(create: () => OnceStore | Promise<OnceStore>): readonly ContractCase[] {
  return ONCE_CASES.map(([name, check]) => ({ name, run: async () => check(await create()) }));
}

// ---------------------------------------------------------------------------------------------------------------------

const ENTRY: CacheEntry = {
  result: { resultType: 'complete', tools: [], text: 'é\u2028"\\' },
  receivedAt: 1_700_000_000_000,
  ttlMs: 60_000,
  keepMs: 60_000,
};

const CACHE_CASES: readonly (readonly [string, (store: CacheStore) => Promise<void>])[] = [
  ['has nothing that was never put in', async (store) => same(await store.get('a'), undefined)],
  ['gives back what was put in', givesBack],
  ['keeps the newest of a key', keepsNewest],
  ['keeps keys apart, however alike or strange', keepsApart],
  ['drops every key that begins so, and no other', drops],
  ['drops what is not there', async (store) => void (await store.drop('nothing'))],
  ['can be filled again after a drop', fillsAgain],
];

const ONCE_CASES: readonly (readonly [string, (store: OnceStore) => Promise<void>])[] = [
  ['lets an id be taken once', takesOnce],
  ['keeps ids apart', async (store) => same([await store.take('a'), await store.take('b')], [true, true])],
  ['lets one of many take an id', takesOneOfMany],
  ['lets an id be taken again once it was given back', takesAgain],
];

async function givesBack(store: CacheStore): Promise<void> {
  await store.set('a', ENTRY);
  const found = await store.get('a');
  same([found?.result, found?.receivedAt, found?.ttlMs], [ENTRY.result, ENTRY.receivedAt, ENTRY.ttlMs]);
}

async function keepsNewest(store: CacheStore): Promise<void> {
  await store.set('a', ENTRY);
  await store.set('a', { ...ENTRY, ttlMs: 5 });
  same((await store.get('a'))?.ttlMs, 5);
}

async function keepsApart(store: CacheStore): Promise<void> {
  const keys = [
    'a',
    'A',
    'a\u0000',
    'a\u0000b',
    'a/b',
    '../a',
    'ä',
    '\u{1f600}',
    'x'.repeat(5_000),
    `${'x'.repeat(5_000)}y`,
  ];
  for (const [index, key] of keys.entries()) await store.set(key, { ...ENTRY, ttlMs: index });
  for (const [index, key] of keys.entries()) same((await store.get(key))?.ttlMs, index);
}

async function drops(store: CacheStore): Promise<void> {
  for (const key of ['a\u0000one\u0000x', 'a\u0000one\u0000y', 'a\u0000onetwo\u0000', 'b\u0000one\u0000']) {
    await store.set(key, ENTRY);
  }
  await store.drop('a\u0000one\u0000');
  same(await store.get('a\u0000one\u0000x'), undefined);
  same(await store.get('a\u0000one\u0000y'), undefined);
  same((await store.get('a\u0000onetwo\u0000'))?.ttlMs, ENTRY.ttlMs);
  same((await store.get('b\u0000one\u0000'))?.ttlMs, ENTRY.ttlMs);
}

async function fillsAgain(store: CacheStore): Promise<void> {
  await store.set('a', ENTRY);
  await store.drop('a');
  await store.set('a', ENTRY);
  same((await store.get('a'))?.ttlMs, ENTRY.ttlMs);
}

async function takesOnce(store: OnceStore): Promise<void> {
  same([await store.take('a'), await store.take('a'), await store.take('a')], [true, false, false]);
}

async function takesOneOfMany(store: OnceStore): Promise<void> {
  const taken = await Promise.all(Array.from({ length: 20 }, () => store.take('many')));
  same(taken.filter((won) => won).length, 1);
}

async function takesAgain(store: OnceStore): Promise<void> {
  await store.take('a');
  await store.giveBack('a');
  same([await store.take('a'), await store.take('a')], [true, false]);
}

function same(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`Expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}.`);
}
