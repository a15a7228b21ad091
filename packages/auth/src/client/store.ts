/**
 * Keeps what must outlive a call: tokens and the identities that authorization servers have given us. Values are JSON texts and
 * secret. Held to its contract by `credentialStoreContract`.
 */
export interface CredentialStore {
  /** The value last written under a key, or `undefined`. */
  read(key: string): Promise<string | undefined>;
  write(key: string, value: string): Promise<void>;
  /** Does nothing where there is nothing. */
  remove(key: string): Promise<void>;
  /**
   * Runs work while nobody else who shares the store runs work under the same key. Work under a key may take a turn under another.
   * Rejects as the work does. A store without it is for one authorizer at a time: two would use up one refresh token.
   */
  exclusive?<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** A store for one process, forgotten with it. */
export function memoryCredentialStore(): Required<CredentialStore> {
  const values = new Map<string, string>();
  const queues = new Map<string, Promise<unknown>>();
  return {
    read: async (key) => values.get(key),
    async write(key, value) {
      values.set(key, value);
    },
    async remove(key) {
      values.delete(key);
    },
    async exclusive(key, work) {
      const before = queues.get(key) ?? Promise.resolve();
      const own = before.then(work);
      // Those who wait do not care how it ended.
      const settled = own.catch(() => undefined);
      queues.set(key, settled);
      try {
        return await own;
      } finally {
        if (queues.get(key) === settled) queues.delete(key);
      }
    },
  };
}
