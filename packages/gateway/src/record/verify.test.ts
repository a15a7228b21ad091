import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuditRow } from '../store/store.ts';
import { type Anchor, checkerOf, hashOf, NOTHING_BEFORE, type Signer, signerOf } from './chain.ts';
import { exportRows, otlpRequest } from './export.ts';
import { fromLine, sourceOf, toLine } from './lines.ts';
import { type VerifyReport, verifyAudit } from './verify.ts';

const pem = (key: KeyObject) =>
  String(
    key.export(key.type === 'private' ? { type: 'pkcs8', format: 'pem' } : { type: 'spki', format: 'pem' }),
  );

function keys(): { signer: Signer; publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { signer: signerOf(pem(privateKey)), publicPem: pem(publicKey) };
}

/** A chain of so many calls with a checkpoint after every fourth record, as a gateway writes it. */
function chainOf(
  calls: number,
  signer?: Signer,
  { chain = 'c', start = {}, closed = true } = {},
): AuditRow[] {
  const rows: AuditRow[] = [];
  const push = (entry: object) => {
    const linked = { chain, seq: rows.length + 1, prev: rows.at(-1)?.hash ?? NOTHING_BEFORE };
    const body = JSON.stringify({ v: 1, at: 1000 + rows.length, ...entry });
    rows.push({ ...linked, body, hash: hashOf({ ...linked, body }) });
  };
  const vouch = () => {
    const last = rows.at(-1);
    if (last === undefined) return;
    const at = 1000 + rows.length;
    const claim = { chain, seq: last.seq, hash: last.hash, at };
    push({ event: 'checkpoint', ...(signer && { key: signer.key, signature: signer.sign(claim) }) });
  };
  push({ event: 'start', ...start });
  for (let i = 0; i < calls; i++) {
    push({ event: 'request', what: { method: 'tools/call', name: `tool-${i}` } });
    if (rows.length % 4 === 0) vouch();
  }
  if (closed) push({ event: 'stop' });
  vouch();
  return rows;
}

function anchorAt(row: AuditRow | undefined, signer: Signer): Anchor {
  if (row === undefined) throw new Error('no such record');
  const claim = { chain: row.chain, seq: row.seq, hash: row.hash, at: 5 };
  return { v: 1, ...claim, key: signer.key, signature: signer.sign(claim) };
}

const faults = ({ faults: list }: VerifyReport) =>
  list.map(({ chain, seq, kind }) => `${chain}${seq} ${kind}`);
const rehash = (row: AuditRow): AuditRow => ({ ...row, hash: hashOf(row) });
const change = (row: AuditRow): AuditRow => ({ ...row, body: row.body.replace('tool-2', 'tool-9') });

/** The same rows with one of them put in place of another. */
function withRow(rows: readonly AuditRow[], seq: number, make: (row: AuditRow) => AuditRow): AuditRow[] {
  return rows.map((row) => (row.seq === seq ? make(row) : row));
}

/** What somebody makes who can write the store but has no key: the rest of the chain follows anew. */
function forgedFrom(rows: readonly AuditRow[], seq: number): AuditRow[] {
  const forged: AuditRow[] = [];
  for (const row of rows) {
    const prev = forged.at(-1)?.hash ?? NOTHING_BEFORE;
    forged.push(rehash(row.seq === seq ? { ...change(row), prev } : { ...row, prev }));
  }
  return forged;
}

describe('verifyAudit', () => {
  const { signer, publicPem } = keys();
  const checker = checkerOf(publicPem);
  const rows = chainOf(10, signer);
  const verify = (given: readonly AuditRow[], anchors: readonly Anchor[] = []) =>
    verifyAudit(sourceOf(given), { checker, anchors });

  it('finds nothing wrong where nothing is', async () => {
    const report = await verify(rows, [anchorAt(rows[6], signer)]);
    expect(report).toMatchObject({ ok: true, records: rows.length, faults: [] });
    expect(report.chains).toEqual([
      { chain: 'c', first: 1, last: rows.length, records: rows.length, closed: true, unvouched: 0 },
    ]);
  });

  it('names the record of which one byte was changed', async () => {
    expect(rows[3]?.body).toContain('tool-2');
    expect(faults(await verify(withRow(rows, 4, change)))).toEqual(['c4 changed']);
    for (const member of ['prev', 'hash'] as const) {
      const flipped = withRow(rows, 4, (row) => ({
        ...row,
        [member]: row[member].replace(/^./, (c) => (c === 'x' ? 'y' : 'x')),
      }));
      expect(
        faults(await verify(flipped)).some((fault) => fault.startsWith('c4') || fault.startsWith('c3')),
      ).toBe(true);
    }
  });

  it('names the record that was changed and hashed anew', async () => {
    expect(faults(await verify(withRow(rows, 4, (row) => rehash(change(row)))))).toEqual(['c4 replaced']);
  });

  it('names the records that were removed', async () => {
    expect(faults(await verify(rows.filter(({ seq }) => seq !== 4)))).toEqual(['c4 missing']);
    const report = await verify(rows.filter(({ seq }) => seq < 3 || seq > 6));
    expect(report.faults[0]).toMatchObject({ seq: 3, message: 'records 3 to 6 are missing' });
  });

  it('names records that changed places', async () => {
    const [third, fourth] = [rows[2], rows[3]];
    if (third === undefined || fourth === undefined) throw new Error('too short');
    const swapped = withRow(
      withRow(rows, 3, () => ({ ...fourth, seq: 3 })),
      4,
      () => ({ ...third, seq: 4 }),
    );
    expect(faults(await verify(swapped))).toEqual(expect.arrayContaining(['c3 changed', 'c4 changed']));
  });

  it('sees that the end was cut off, by an anchor kept elsewhere', async () => {
    const cut = rows.slice(0, 9);
    expect((await verify(cut)).ok).toBe(true);
    const report = await verify(cut, [anchorAt(rows[10], signer)]);
    expect(report.faults).toMatchObject([{ seq: 10, kind: 'cut-off' }]);
    expect(report.faults[0]?.message).toMatch(
      /^records 10 to 11 are missing from the end; an anchor of 1970/,
    );
  });

  it('sees that the end, or all, of a chain is gone, by the first record of a later one', async () => {
    const last = rows.at(-1);
    const later = chainOf(2, signer, { chain: 'd', start: { others: [['c', last?.seq, last?.hash]] } });
    expect((await verify([...rows, ...later])).ok).toBe(true);
    expect(faults(await verify([...rows.slice(0, 9), ...later]))).toEqual(['c10 cut-off']);
    expect(faults(await verify(later))).toEqual([`c${last?.seq} cut-off`]);
  });

  it('is not taken in by a chain made anew without the key', async () => {
    const forged = forgedFrom(rows, 4);
    expect((await verifyAudit(sourceOf(forged))).ok).toBe(true);
    const report = await verify(forged);
    expect(faults(report).slice(0, 1)).toEqual(['c5 bad-signature']);
    const other = keys();
    const whole = chainOf(10, other.signer);
    expect(faults(await verify(whole))).toContain('c1 not-vouched-for');
    expect(faults(await verify(chainOf(10)))).toContain('c1 not-vouched-for');
    expect(faults(await verify(whole, [anchorAt(rows[4], signer)]))).toContain('c5 replaced');
    expect(faults(await verify(rows, [anchorAt(rows[4], other.signer)]))).toEqual(['c5 bad-signature']);
  });

  it('takes a beginning that was removed at a checkpoint, and no other', async () => {
    expect((await verify(rows.filter(({ seq }) => seq >= 5))).ok).toBe(true);
    expect(faults(await verify(rows.filter(({ seq }) => seq >= 6)))).toEqual(['c1 missing']);
    const forged = withRow(rows, 5, (row) => rehash({ ...row, prev: NOTHING_BEFORE })).filter(
      ({ seq }) => seq >= 5,
    );
    expect(faults(await verify(forged))).toContain('c5 bad-signature');
  });

  it('tells a chain that runs still, or was killed, from one that was closed', async () => {
    const open = chainOf(8, signer, { closed: false });
    const [report] = (await verify(open.slice(0, -1))).chains;
    expect(report).toMatchObject({ closed: false });
    expect(report?.unvouched).toBeGreaterThan(0);
  });

  it('takes several keys, so that they can be rotated', async () => {
    const other = keys();
    const both = checkerOf(publicPem + other.publicPem);
    const all = [...rows, ...chainOf(3, other.signer, { chain: 'd' })];
    expect((await verifyAudit(sourceOf(all), { checker: both })).ok).toBe(true);
  });

  it('wants Ed25519 keys', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(() => signerOf(pem(rsa.privateKey))).toThrow('it is not an Ed25519 private key in PEM');
    expect(() => checkerOf('planted')).toThrow('there is no public key in it');
    expect(() => signerOf('planted')).toThrow(/^it is not/);
  });
});

describe('exports', () => {
  const rows = chainOf(3);

  it('as lines of JSON can be read again and verified', async () => {
    const lines = exportRows(rows, 'jsonl').trim().split('\n');
    expect(lines.map(fromLine)).toEqual(rows);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ chain: 'c', seq: 2, record: { event: 'request' } });
    expect((await verifyAudit(sourceOf(lines.map(fromLine)))).ok).toBe(true);
    for (const line of ['', '{}', '{"chain":"c"}', `${toLine(rows[0] as AuditRow)}x`])
      expect(() => fromLine(line)).toThrow('not a line of an export');
  });

  it('as CEF keep what callers chose in its place', () => {
    const body = JSON.stringify({
      ...{ v: 1, at: 5, event: 'request', who: { by: 'token', subject: 'a=b\\c\nact=passed' } },
      what: { method: 'tools/call|9|x', name: 'n' },
      ...{ outcome: { status: 403, complete: true, refusedFor: 'not-permitted' }, ms: 1.5 },
    });
    const line = exportRows([{ chain: 'c', seq: 1, prev: 'p', hash: 'h', body }], 'cef');
    expect(line).toBe(
      'CEF:0|Switchyard|Gateway|1|request|tools/call\\|9\\|x|6|rt=5 externalId=c/1 suser=a\\=b\\\\c\\nact\\=passed requestMethod=tools/call|9|x act=refused reason=not-permitted outcome=403 cs1Label=name cs1=n cs6Label=hash cs6=h cfp1Label=milliseconds cfp1=1.5\n',
    );
  });

  it('as OTLP are a request to a collector', () => {
    expect(otlpRequest(rows.slice(1, 2))).toEqual({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'switchyard-gateway' } }] },
          scopeLogs: [
            {
              scope: { name: '@switchyard/gateway/audit' },
              logRecords: [
                expect.objectContaining({
                  timeUnixNano: '1001000000',
                  severityNumber: 9,
                  eventName: 'switchyard.audit.request',
                  body: { stringValue: rows[1]?.body },
                }),
              ],
            },
          ],
        },
      ],
    });
  });
});
