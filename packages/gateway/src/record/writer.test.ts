import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { until } from '../../test/until.ts';
import { StoreError } from '../store/error.ts';
import type { AuditRow, AuditStore } from '../store/store.ts';
import { checkerOf, signerOf } from './chain.ts';
import { AnchorKeeper } from './checkpoints.ts';
import { verifyAudit } from './verify.ts';
import { AuditWriter } from './writer.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

interface TestStore extends AuditStore {
  readonly rows: AuditRow[];
  /** How many rows each call brought. */
  readonly calls: number[];
}

interface Misdeeds {
  /** Calls after which the connection is lost, with the rows kept. */
  readonly breaks?: (call: number) => boolean;
  readonly away?: () => boolean;
  readonly refuses?: (row: AuditRow) => boolean;
  readonly delayMs?: number;
}

function storeWith({ breaks, away, refuses, delayMs }: Misdeeds = {}): TestStore {
  const rows: AuditRow[] = [];
  const calls: number[] = [];
  const has = ({ seq }: AuditRow) => (rows.at(-1)?.seq ?? 0) >= seq;
  return {
    rows,
    calls,
    async append(more) {
      calls.push(more.length);
      if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (away?.()) throw new StoreError('unavailable', 'It is away');
      if (more.some(has)) throw new StoreError('conflict', 'It is there already');
      if (refuses !== undefined && more.some(refuses)) throw new StoreError('refused', 'It does not take it');
      rows.push(...more);
      if (breaks?.(calls.length)) throw new StoreError('unavailable', 'The connection broke off');
    },
    read: async (chain, after, limit) =>
      rows.filter((row) => row.chain === chain && row.seq > after).slice(0, limit),
    heads: async () => [],
    chains: async () => ['c'],
    find: async () => [],
    removeBefore: async () => 0,
  };
}

interface Options {
  readonly queue?: number;
  readonly every?: number;
}

function writerOf(audit: AuditStore, { queue = 10_000, every = 100_000 }: Options = {}) {
  const events: string[] = [];
  const log = ({ type }: { type: string }) => void events.push(type);
  const signer = signerOf(privateKey);
  const keeper = new AnchorKeeper({ signer, every, intervalMs: 60_000, file: undefined, log });
  const writer = new AuditWriter({
    ...{ audit, keeper, chain: 'c', instance: 'i', queue, clock: () => 0, log },
    release: async () => {},
  });
  onTestFinished(() => writer.close());
  return { writer, events };
}

const record = (text: string) => ({ encode: () => JSON.stringify({ v: 1, at: 0, event: 'request', text }) });
const textsOf = ({ rows }: TestStore) =>
  rows.map(({ body }) => JSON.parse(body)).map(({ event, text }) => text ?? event);

async function expectWhole(store: TestStore, writer: AuditWriter): Promise<void> {
  await writer.close();
  const report = await verifyAudit(store, { checker: checkerOf(publicKey) });
  expect(report.faults).toEqual([]);
}

describe('the writer of the record', () => {
  it('vouches for all of it when it closes, also where the last record goes with those already under way', async () => {
    const store = storeWith();
    let asked = false;
    let tell: (heads: readonly never[]) => void = () => {};
    const heads = () => {
      asked = true;
      return new Promise<readonly never[]>((resolve) => {
        tell = resolve;
      });
    };
    const { writer } = writerOf({ ...store, heads });
    writer.take(record('one'));
    await until(() => asked);
    const closed = writer.close();
    tell([]);
    await closed;
    expect(textsOf(store)).toEqual(['start', 'one', 'stop', 'checkpoint']);
  });

  it('goes on after a connection that broke off when the rows were there, whatever has come meanwhile', async () => {
    const store = storeWith({ breaks: (call) => call === 2 });
    const { writer, events } = writerOf(store);
    await until(() => store.rows.length === 1);
    writer.take(record('one'));
    await until(() => writer.failing);
    for (const text of ['two', 'three']) writer.take(record(text));
    await until(() => !writer.failing && writer.waiting === 0);
    expect(textsOf(store)).toEqual(['start', 'one', 'two', 'three']);
    await expectWhole(store, writer);
    expect(events).toEqual(['audit-failing', 'audit-restored']);
  });

  it('loses of records that it cannot put into words those alone, and says so in their place', async () => {
    const store = storeWith();
    const { writer } = writerOf(store);
    const broken = {
      encode: () => {
        throw new RangeError('too deep');
      },
    };
    const written = [record('one'), broken, record('two')].map((each) => writer.write(each));
    expect(await Promise.all(written)).toEqual([true, true, true]);
    expect(textsOf(store)).toEqual(['start', 'one', 'lost', 'two']);
    await expectWhole(store, writer);
  });

  it('finds among many the records that a store will never take, and puts a word in their place', async () => {
    const store = storeWith({ refuses: ({ body }) => body.includes('poison') });
    const { writer, events } = writerOf(store, { every: 100 });
    const texts = Array.from({ length: 700 }, (_, i) => (i % 233 === 17 ? `poison ${i}` : `${i}`));
    const written = texts.map((text) => writer.write(record(text)));
    expect(new Set(await Promise.all(written))).toEqual(new Set([true]));
    await expectWhole(store, writer);
    const seen = textsOf(store).filter((text) => text !== 'checkpoint');
    const expected = texts.map((text) => (text.startsWith('poison') ? 'lost' : text));
    expect(seen).toEqual(['start', ...expected, 'stop']);
    expect(events).not.toContain('audit-failing');
  });

  it('waits for a store that takes nothing at all, and gives up one record at most', async () => {
    let refusing = true;
    const store = storeWith({ refuses: () => refusing });
    const { writer, events } = writerOf(store);
    for (const text of ['one', 'two']) writer.take(record(text));
    await until(() => writer.failing);
    refusing = false;
    await until(() => !writer.failing && writer.waiting === 0);
    expect(textsOf(store)).toEqual(['lost', 'one', 'two']);
    expect(events).toContain('audit-restored');
  });

  it('lets nobody wait for a store that is away, and still writes what they brought', async () => {
    let gone = true;
    const store = storeWith({ away: () => gone });
    const { writer } = writerOf(store);
    expect(await writer.write(record('before it is known'))).toBe(false);
    expect(writer.failing).toBe(true);
    expect(await writer.write(record('after'))).toBe(false);
    gone = false;
    await until(() => writer.waiting === 0);
    expect(textsOf(store)).toEqual(['start', 'before it is known', 'after']);
  });

  it('keeps up with what comes while it pauses for other work', async () => {
    const store = storeWith();
    const { writer } = writerOf(store, { queue: 5000 });
    for (let turn = 0; turn < 400; turn++) {
      for (let i = 0; i < 64; i++) writer.take(record(`${i}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expectWhole(store, writer);
    expect(textsOf(store)).not.toContain('lost');
  });

  it('writes large records a few at a time, and holds no more of them than memory allows', async () => {
    const store = storeWith();
    const { writer } = writerOf(store);
    const large = record('x'.repeat(3 * 1024 * 1024));
    for (let i = 0; i < 40; i++) writer.take(large);
    expect(writer.hasRoomFor(0)).toBe(false);
    await until(() => writer.waiting === 0);
    expect(Math.max(...store.calls)).toBeLessThanOrEqual(3);
    const lost = store.rows.filter(({ body }) => body.includes('"lost"'));
    expect(store.rows.length - lost.length - 1 + JSON.parse(lost[0]?.body ?? '{}').records).toBe(40);
    expect(writer.hasRoomFor(0)).toBe(true);
  });
});

describe('a writer that is closed', () => {
  it('has written everything, however much came at once', async () => {
    const store = storeWith();
    const { writer } = writerOf(store);
    for (let i = 0; i < 2000; i++) writer.take(record(`${i}`));
    await writer.close();
    expect(textsOf(store)).toHaveLength(2003);
    await expectWhole(store, writer);
  });

  it('waits for a store that is slow, as long as it takes something', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const store = storeWith({ delayMs: 1500 });
    const { writer, events } = writerOf(store);
    const large = 'x'.repeat(3 * 1024 * 1024);
    for (const text of ['one', 'two', 'three', 'four']) writer.take(record(text + large));
    const closed = writer.close();
    await vi.advanceTimersByTimeAsync(9000);
    await closed;
    expect(store.rows).toHaveLength(7);
    expect(events).toEqual([]);
  });

  it('gives up a store that stays away, and never asks it again', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const store = storeWith({ away: () => true });
    const { writer, events } = writerOf(store);
    const written = writer.write(record('one'));
    const closed = writer.close();
    await vi.advanceTimersByTimeAsync(2000);
    await closed;
    expect(await written).toBe(false);
    const asked = store.calls.length;
    expect(asked).toBeGreaterThan(1);
    writer.take(record('two'));
    expect(await writer.write(record('three'))).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.calls).toHaveLength(asked);
    expect(vi.getTimerCount()).toBe(0);
    expect(events).toContain('audit-failing');
  });
});
