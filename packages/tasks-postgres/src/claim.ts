import type { ClaimResult, ClaimWish, TaskDossier } from '@switchyard/tasks';
import type { Lock } from './database.ts';
import { dossiers, type Reading } from './read.ts';
import { type ClaimedRow, toFreshDossier } from './row.ts';
import { claimStatement } from './statements/claim.ts';
import { limitedClaimStatement } from './statements/claim-limited.ts';
import { storable } from './text.ts';

/** Takes tasks that are due. */
export type Claimer = (wish: ClaimWish) => Promise<ClaimResult>;

/** Makes what takes tasks. `schema` names the lock under which claims with limits run. */
export function createClaimer(reading: Reading, schema: string): Claimer {
  const { database, tables } = reading;
  const [plain, limited] = [claimStatement(tables), limitedClaimStatement(tables)];
  const lock = claimLock(schema);
  // Claims of this process wait here, so that one connection at the most waits for the lock.
  let last: Promise<unknown> = Promise.resolve();

  const rowsFor = async (wish: ClaimWish): Promise<readonly ClaimRow[]> => {
    const { worker, leaseMs, limit, tools, perOwner } = wish;
    const values = [storable(worker), leaseMs, limit, tools.map(({ name }) => storable(name))] as const;
    const most = tools.map(({ atMost }) => atMost);
    if (perOwner === undefined && most.every((one) => one === undefined))
      return database.rows<ClaimRow>(plain, values);
    const limits = [most.map((one) => (one === undefined ? null : `${one}`)), perOwner ?? null] as const;
    const turn = last.then(() => database.alone<ClaimRow>(lock, limited, [...values, ...limits]));
    last = turn.catch(() => undefined);
    return turn;
  };

  return async (wish) => {
    const rows = await rowsFor(wish);
    const nextInMs = rows[0]?.next_in_ms ?? undefined;
    const tasks = await withLedgers(reading, rows.filter(isTask));
    return nextInMs === undefined ? { tasks } : { tasks, nextInMs: Math.max(0, nextInMs) };
  };
}

/** The lock under which claims with limits run. */
export function claimLock(schema: string): Lock {
  return { kind: LOCK_KIND, name: schema };
}

// ---------------------------------------------------------------------------------------------------------------------

/** "swye": beside the lock of migrations. */
const LOCK_KIND = 1937209701;

/** A task that was taken, or nothing, with what is known of the next. */
type ClaimRow = (ClaimedRow | { readonly id: null }) & { readonly next_in_ms: number | null };

function isTask(row: ClaimRow): row is ClaimedRow & ClaimRow {
  return row.id !== null;
}

/**
 * Steps and questions are read after the claim: what the worker before wrote last may have been committed after the claim
 * began, but not after it ended.
 */
async function withLedgers(reading: Reading, rows: readonly ClaimedRow[]): Promise<readonly TaskDossier[]> {
  const ids = rows.filter(({ ledger }) => ledger).map(({ id }) => id);
  if (ids.length === 0) return rows.map(toFreshDossier);
  const known = new Map((await dossiers(reading, ids)).map((task) => [task.id, task]));
  return rows.map((row) => known.get(row.id) ?? toFreshDossier(row));
}
