import type { CredentialStore } from '../client/store.ts';
import { memoryCredentialStore } from '../client/store.ts';

/** One secret of the operating system's keychain; `Entry` and `AsyncEntry` of `@napi-rs/keyring` are such. */
export interface KeychainEntry {
  getPassword(): string | null | undefined | Promise<string | null | undefined>;
  setPassword(value: string): unknown;
  /** Resolves, or returns, whether there was anything to delete; may fail where there was not. */
  deletePassword(): unknown;
}

/**
 * A store in the operating system's keychain, for programs of one user on a desktop. No keychain library is bundled: `entry` makes
 * the entry of an account with the one you choose, such as `(account) => new Entry('my-program', account)` with
 * `@napi-rs/keyring`. Renewals take turns within this process only; programs that share an account at the same time want
 * `fileCredentialStore`, which locks. Rejects where the keychain does, as when it is locked.
 */
export function keychainCredentialStore(entry: (account: string) => KeychainEntry): CredentialStore {
  const { exclusive } = memoryCredentialStore();
  const read = async (key: string): Promise<string | undefined> =>
    (await entry(key).getPassword()) ?? undefined;
  return {
    read,
    async write(key, value) {
      await entry(key).setPassword(value);
    },
    async remove(key) {
      if ((await read(key)) !== undefined) await entry(key).deletePassword();
    },
    exclusive,
  };
}
