import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../test/until.ts';
import { StoreError } from '../store/error.ts';
import type { AuditRow, AuditStore } from '../store/store.ts';
import { hashOf, NOTHING_BEFORE } from './chain.ts';
import { AnchorKeeper } from './checkpoints.ts';
import { AuditWriter } from './writer.ts';

/** A store that keeps rows and, where `breaks` says so, is lost after it has kept them. */
function storeThat(breaks: (call: number) => boolean): AuditStore & { readonly rows: AuditRow[] } {
  const rows: AuditRow[] = [];
  let calls = 0;
  const has = ({ chain, seq }: AuditRow) => rows.some((row) => row.chain === chain && row.seq === seq);
  return {
    rows,
    async append(more) {
      calls += 1;
      if (more.some(has)) throw new StoreError('conflict', 'It is there already');
      rows.push(...more);
      if (breaks(calls)) throw new StoreError('unavailable', 'The connection broke off');
    },
    read: async (chain, after, limit) =>
      rows.filter((row) => row.chain === chain && row.seq > after).slice(0, limit),
    heads: async () => [],
    chains: async () => ['c'],
    find: async () => [],
    removeBefore: async () => 0,
  };
}

describe('the writer of the record', () => {
  it('goes on after a connection that broke off when the rows were there, whatever has come meanwhile', async () => {
    const audit = storeThat((call) => call === 2);
    const events: string[] = [];
    const log = ({ type }: { type: string }) => void events.push(type);
    const keeper = new AnchorKeeper({
      signer: undefined,
      every: 1000,
      intervalMs: 60_000,
      file: undefined,
      log,
    });
    const writer = new AuditWriter({
      ...{ audit, keeper, chain: 'c', instance: 'i', queue: 100, clock: () => 0, log },
      release: async () => {},
    });
    onTestFinished(() => writer.close());
    await until(() => audit.rows.length === 1);
    const record = (text: string) => ({ encode: () => JSON.stringify({ text }) });
    writer.take(record('one'));
    await until(() => writer.failing);
    for (const text of ['two', 'three']) writer.take(record(text));
    await until(() => !writer.failing && writer.waiting === 0);
    const bodies = audit.rows.slice(1).map(({ body }) => JSON.parse(body).text);
    expect(bodies).toEqual(['one', 'two', 'three']);
    let prev = NOTHING_BEFORE;
    for (const row of audit.rows) {
      expect([row.prev, row.hash]).toEqual([prev, hashOf(row)]);
      prev = row.hash;
    }
    expect(events).toEqual(['audit-failing', 'audit-restored']);
  });
});
