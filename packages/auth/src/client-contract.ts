import type { CredentialStore } from './client/store.ts';

/** One behaviour of the contract: `run` rejects with an Error when the store under test does not show it. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Makes the store under test. Cases may share storage: each uses keys of its own. */
export type CreateCredentialStore = () => CredentialStore | Promise<CredentialStore>;

/**
 * The cases every `CredentialStore` must pass, for any test framework:
 * `for (const { name, run } of credentialStoreContract(create)) test(name, run)`. `create` is to make stores that share storage.
 */
export function credentialStoreContract(create: CreateCredentialStore): readonly ContractCase[] {
  return CASES.map(([name, check]) => ({ name, run: async () => check(await create()) }));
}

// ---

const CASES: readonly (readonly [string, (store: CredentialStore) => Promise<void>])[] = [
  ['knows nothing at first', knowsNothing],
  ['gives back what was written last', givesBack],
  ['forgets what was removed', forgets],
  ['keeps keys apart, however they are written', keepsApart],
  ['loses none of many writes at once', losesNothing],
  ['lets one at a time work under a key', takesTurns],
  ['lets work under a key take a turn under another', takesTurnWithinTurn],
  ['goes on after work that failed', goesOn],
];

async function knowsNothing(store: CredentialStore): Promise<void> {
  same(await store.read(freshKey()), undefined, 'an unknown key');
  await store.remove(freshKey());
}

async function givesBack(store: CredentialStore): Promise<void> {
  const key = freshKey();
  await store.write(key, '{"a":"é\\n"}');
  same(await store.read(key), '{"a":"é\\n"}', 'the first value');
  await store.write(key, '2');
  same(await store.read(key), '2', 'the second value');
}

async function forgets(store: CredentialStore): Promise<void> {
  const key = freshKey();
  await store.write(key, '1');
  await store.remove(key);
  same(await store.read(key), undefined, 'a removed key');
}

async function keepsApart(store: CredentialStore): Promise<void> {
  const stem = freshKey();
  const keys = [
    stem,
    `${stem}/../x`,
    `${stem}:"\\é*`,
    `${stem}${'y'.repeat(300)}`,
    `${stem}${'y'.repeat(299)}z`,
  ];
  for (const [index, key] of keys.entries()) await store.write(key, String(index));
  for (const [index, key] of keys.entries()) same(await store.read(key), String(index), `key ${index}`);
}

async function losesNothing(store: CredentialStore): Promise<void> {
  const keys = Array.from({ length: 20 }, freshKey);
  await Promise.all(keys.map((key) => store.write(key, key)));
  for (const key of keys) same(await store.read(key), key, 'a value written with others');
}

async function takesTurns(store: CredentialStore): Promise<void> {
  if (store.exclusive === undefined) return;
  const key = freshKey();
  const exclusive = store.exclusive.bind(store);
  const add = () =>
    exclusive(key, async () => {
      const count = Number((await store.read(key)) ?? '0');
      await new Promise((resolve) => setTimeout(resolve, 1));
      await store.write(key, String(count + 1));
    });
  await Promise.all(Array.from({ length: 10 }, add));
  same(await store.read(key), '10', 'a count raised in turns');
}

async function takesTurnWithinTurn(store: CredentialStore): Promise<void> {
  if (store.exclusive === undefined) return;
  const exclusive = store.exclusive.bind(store);
  const outcome = exclusive(freshKey(), () => exclusive(freshKey(), async () => 'both'));
  same(await outcome, 'both', 'work in a turn within a turn');
}

async function goesOn(store: CredentialStore): Promise<void> {
  if (store.exclusive === undefined) return;
  const key = freshKey();
  const failing = store.exclusive(key, () => Promise.reject(new Error('on purpose')));
  const next = store.exclusive(key, async () => 'next');
  same(await failing.then(undefined, (error: Error) => error.message), 'on purpose', 'the failure');
  same(await next, 'next', 'what came after it');
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

function freshKey(): string {
  return crypto.randomUUID();
}
