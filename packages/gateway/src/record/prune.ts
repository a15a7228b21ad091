import { StoreError } from '../store/error.ts';
import type { AuditStore } from '../store/store.ts';

/** What has become of a trail that was shortened. */
export interface Pruned {
  /** How many records were removed. */
  readonly records: number;
  /** The chains that could not be shortened, and what was thrown; the others have been. */
  readonly failed: readonly { readonly chain: string; readonly error: unknown }[];
}

/**
 * Removes what is older than a moment, chain by chain, up to the last checkpoint before it, so that what stays can be
 * verified. A chain that fails does not keep the others; a store that cannot be used does. Rejects where nothing was done.
 */
export async function pruneAudit(audit: AuditStore, before: number): Promise<Pruned> {
  let records = 0;
  const failed: { chain: string; error: unknown }[] = [];
  for (const chain of await audit.chains()) {
    try {
      records += await pruneChain(audit, chain, before);
    } catch (error) {
      failed.push({ chain, error });
      if (error instanceof StoreError && error.code === 'unavailable') break;
    }
  }
  return { records, failed };
}

// ---

async function pruneChain(audit: AuditStore, chain: string, before: number): Promise<number> {
  const filter = { chain, event: 'checkpoint', to: before };
  const [checkpoint] = await audit.find({ filter, order: 'newest-first', limit: 1 });
  return checkpoint === undefined ? 0 : audit.removeBefore(chain, checkpoint.seq);
}
