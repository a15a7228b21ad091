import type { AuditStore } from '../store/store.ts';

/**
 * Removes what is older than a moment, chain by chain, up to the last checkpoint before it, so that what stays can be
 * verified. Resolves with how many records were removed.
 */
export async function pruneAudit(audit: AuditStore, before: number): Promise<number> {
  let removed = 0;
  for (const chain of await audit.chains()) {
    const filter = { chain, event: 'checkpoint', to: before };
    const [checkpoint] = await audit.find({ filter, order: 'newest-first', limit: 1 });
    if (checkpoint !== undefined) removed += await audit.removeBefore(chain, checkpoint.seq);
  }
  return removed;
}
