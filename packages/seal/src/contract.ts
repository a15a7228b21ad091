import type { NonceStore } from './nonce-store.ts';

/** One behaviour of a contract: `run` rejects with an Error when the store under test does not show it. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Makes the store under test. Cases may share storage: each uses ids of its own. */
export type CreateNonceStore = () => NonceStore | Promise<NonceStore>;

/**
 * The cases every `NonceStore` must pass, for any test framework:
 * `for (const { name, run } of nonceStoreContract(create)) test(name, run)`.
 */
export function nonceStoreContract(create: CreateNonceStore): readonly ContractCase[] {
  return CASES.map(([name, check]) => ({ name, run: async () => check(await create()) }));
}

// ---------------------------------------------------------------------------------------------------------------------

const MINUTE = 60_000;

const CASES: readonly (readonly [string, (store: NonceStore) => Promise<void>])[] = [
  ['accepts an id once', acceptsOnce],
  ['keeps ids apart', keepsApart],
  ['accepts one of many concurrent uses', acceptsOneOfMany],
  ['refuses an id used before, whatever expiry comes with it', ignoresNewExpiry],
  ['refuses an id that has expired', refusesExpired],
  ['tells apart long ids and ids with unusual characters', takesAnyId],
];

async function acceptsOnce(store: NonceStore): Promise<void> {
  const id = freshId();
  same(await store.consume(id, Date.now() + MINUTE), true, 'first use');
  same(await store.consume(id, Date.now() + MINUTE), false, 'second use');
  same(await store.consume(id, Date.now() + MINUTE), false, 'third use');
}

async function keepsApart(store: NonceStore): Promise<void> {
  const [first, second] = [freshId(), freshId()];
  same(await store.consume(first, Date.now() + MINUTE), true, 'one id');
  same(await store.consume(second, Date.now() + MINUTE), true, 'another id');
}

async function acceptsOneOfMany(store: NonceStore): Promise<void> {
  const id = freshId();
  const expiresAt = Date.now() + MINUTE;
  const answers = await Promise.all(Array.from({ length: 50 }, () => store.consume(id, expiresAt)));
  same(answers.filter((accepted) => accepted).length, 1, 'accepted uses');
}

async function ignoresNewExpiry(store: NonceStore): Promise<void> {
  const id = freshId();
  same(await store.consume(id, Date.now() + MINUTE), true, 'first use');
  same(await store.consume(id, Date.now() + 10 * MINUTE), false, 'use with a later expiry');
}

async function refusesExpired(store: NonceStore): Promise<void> {
  same(await store.consume(freshId(), Date.now() - MINUTE), false, 'expired id');
}

async function takesAnyId(store: NonceStore): Promise<void> {
  const stem = freshId();
  for (const id of [`${stem}:*?[a] %\n'"\\é`, `${stem}${'x'.repeat(500)}`, `${stem}${'x'.repeat(499)}y`]) {
    same(await store.consume(id, Date.now() + MINUTE), true, 'first use');
    same(await store.consume(id, Date.now() + MINUTE), false, 'second use');
  }
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

function freshId(): string {
  return crypto.randomUUID();
}
