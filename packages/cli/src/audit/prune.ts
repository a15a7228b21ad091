import { pruneAudit } from '@switchyard/gateway/audit';
import { visible } from '../call/visible.ts';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { withTrail } from './trail.ts';

/**
 * Removes the records before a time, in milliseconds since the epoch, as far as checkpoints allow. Throws `Failure` where
 * some chains could not be shortened, once the others have been.
 */
export async function runPrune(trail: string, before: number, terminal: Terminal): Promise<void> {
  const { records, failed } = await withTrail(trail, terminal, ({ audit }) => pruneAudit(audit, before));
  terminal.print(`${records} record${records === 1 ? '' : 's'} removed`);
  if (failed.length === 0) return;
  const whys = failed.map(({ chain, error }) => `${visible(chain)}: ${why(error)}`);
  throw new Failure(`not removed from ${failed.length} of the chains:\n  ${whys.join('\n  ')}`);
}

// ---

function why(error: unknown): string {
  return error instanceof Error ? visible(error.message) : 'it failed';
}
