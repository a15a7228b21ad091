import { pruneAudit } from '@switchyard/gateway/audit';
import type { Terminal } from '../terminal.ts';
import { withTrail } from './trail.ts';

/** Removes the records before a time, in milliseconds since the epoch, as far as checkpoints allow. */
export async function runPrune(trail: string, before: number, terminal: Terminal): Promise<void> {
  const removed = await withTrail(trail, terminal, ({ audit }) => pruneAudit(audit, before));
  terminal.print(`${removed} record${removed === 1 ? '' : 's'} removed`);
}
