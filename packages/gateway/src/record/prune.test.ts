import { expect, it } from 'vitest';
import { StoreError } from '../store/error.ts';
import type { AuditQuery, AuditRow, AuditStore } from '../store/store.ts';
import { pruneAudit } from './prune.ts';

/** A trail of chains that each have a checkpoint, and what happens where one of them is shortened. */
function trail(chains: Readonly<Record<string, () => number>>) {
  const tried: string[] = [];
  const audit: Partial<AuditStore> = {
    chains: async () => Object.keys(chains),
    find: async ({ filter }: AuditQuery): Promise<readonly AuditRow[]> => [
      { chain: filter.chain ?? '', seq: 5, prev: '', hash: '', body: '' },
    ],
    removeBefore: async (chain) => {
      tried.push(chain);
      return chains[chain]?.() ?? 0;
    },
  };
  return { audit: audit as AuditStore, tried };
}

it('a chain that cannot be shortened does not keep the others', async () => {
  const error = new StoreError('refused', 'The store does not take it');
  const fails = () => {
    throw error;
  };
  const { audit } = trail({ a: () => 4, b: fails, c: () => 3 });
  expect(await pruneAudit(audit, 1)).toEqual({ records: 7, failed: [{ chain: 'b', error }] });
});

it('a store that cannot be used is not asked for each chain, and what is gone by then is told', async () => {
  const error = new StoreError('unavailable', 'The store cannot be used now');
  const fails = () => {
    throw error;
  };
  const { audit, tried } = trail({ a: () => 4, b: fails, c: () => 3 });
  expect(await pruneAudit(audit, 1)).toEqual({ records: 4, failed: [{ chain: 'b', error }] });
  expect(tried).toEqual(['a', 'b']);
});
