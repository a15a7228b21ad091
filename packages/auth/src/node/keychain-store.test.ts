import { describe, expect, it } from 'vitest';
import { credentialStoreContract } from '../client-contract.ts';
import { keychainCredentialStore } from './keychain-store.ts';

/** A keychain as `@napi-rs/keyring` shows it: `null` where there is nothing, and an error for deleting that. */
function keychain() {
  const secrets = new Map<string, string>();
  return (account: string) => ({
    getPassword: () => secrets.get(account) ?? null,
    setPassword: (value: string) => void secrets.set(account, value),
    deletePassword: () => {
      if (!secrets.delete(account)) throw new Error('No matching entry found in secure storage');
      return true;
    },
  });
}

describe('the keychain store', () => {
  for (const { name, run } of credentialStoreContract(() => keychainCredentialStore(keychain())))
    it(name, run);

  it('works with entries that answer later', async () => {
    const entry = keychain();
    const store = keychainCredentialStore((account) => ({
      getPassword: async () => entry(account).getPassword(),
      setPassword: async (value) => entry(account).setPassword(value),
      deletePassword: async () => entry(account).deletePassword(),
    }));
    await store.write('a', 'one');
    expect(await store.read('a')).toBe('one');
    await store.remove('a');
    await store.remove('a');
    expect(await store.read('a')).toBeUndefined();
  });

  it('tells of a keychain that is locked', async () => {
    const locked = (): never => {
      throw new Error('the keychain is locked');
    };
    const store = keychainCredentialStore(() => ({
      getPassword: locked,
      setPassword: locked,
      deletePassword: locked,
    }));
    await expect(store.read('a')).rejects.toThrow('locked');
    await expect(store.write('a', 'one')).rejects.toThrow('locked');
  });
});
