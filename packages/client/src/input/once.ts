/** Remembers what was used, so that it is used once, wherever it is tried. */
export interface OnceStore {
  /** Takes an id. Resolves to false where it was taken before. One of several at the same time gets true. */
  take(id: string): boolean | Promise<boolean>;
  /** Gives back an id whose use did not come about. */
  giveBack(id: string): void | Promise<void>;
}

/** How many ids are remembered. */
const MAX_IDS = 100_000;

/** Remembers in memory: for one process. Several processes need a store that they share. */
export function memoryOnce(): OnceStore {
  const taken = new Set<string>();
  return {
    take(id) {
      if (taken.has(id)) return false;
      taken.add(id);
      for (const oldest of taken) {
        if (taken.size <= MAX_IDS) break;
        taken.delete(oldest);
      }
      return true;
    },
    giveBack: (id) => void taken.delete(id),
  };
}
