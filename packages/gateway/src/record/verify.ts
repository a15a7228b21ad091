import type { AuditRow } from '../store/store.ts';
import { type AnchorChecker, hashOf, NOTHING_BEFORE } from './chain.ts';
import { Claims, type Entry, parseEntry } from './claims.ts';
import type { AuditFault, AuditFaultKind, ChainReport, VerifyOptions } from './faults.ts';

/** Where records are verified: an `AuditStore`, or an export of one. */
export interface AuditSource {
  chains(): Promise<readonly string[]>;
  /** The rows of a chain after a number, in order. */
  read(chain: string, after: number, limit: number): Promise<readonly AuditRow[]>;
}

/** What came of verifying. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly records: number;
  readonly chains: readonly ChainReport[];
  readonly faults: readonly AuditFault[];
}

const PAGE = 1000;

/**
 * Verifies every chain: that each record is what was hashed, follows the one before, and is vouched for; that nothing is
 * missing in between, and, where anchors or other chains tell, at the end.
 */
export async function verifyAudit(source: AuditSource, options: VerifyOptions = {}): Promise<VerifyReport> {
  const claims = new Claims(options);
  const reports: ChainReport[] = [];
  const faults: AuditFault[] = [...claims.faults];
  const chains = await source.chains();
  for (const chain of chains) {
    const [start] = await source.read(chain, 0, 1);
    if (start !== undefined) claims.learn(start);
  }
  for (const chain of chains) {
    const walk = new ChainWalk(chain, claims, options.checker);
    for (let rows = await source.read(chain, 0, PAGE); rows.length > 0; ) {
      for (const row of rows) walk.see(row);
      rows = await source.read(chain, rows.at(-1)?.seq ?? 0, PAGE);
    }
    reports.push(walk.end());
    faults.push(...walk.faults);
  }
  faults.push(...claims.unmet(reports));
  const records = reports.reduce((sum, report) => sum + report.records, 0);
  return { ok: faults.length === 0, records, chains: reports, faults };
}

// ---

/** One chain, record by record. */
class ChainWalk {
  readonly faults: AuditFault[] = [];
  readonly #chain: string;
  readonly #claims: Claims;
  readonly #checker: AnchorChecker | undefined;
  #previous: AuditRow | undefined;
  #first = 0;
  #records = 0;
  #vouchedUpTo = 0;
  #signed = false;
  #closed = false;

  constructor(chain: string, claims: Claims, checker: AnchorChecker | undefined) {
    this.#chain = chain;
    this.#claims = claims;
    this.#checker = checker;
  }

  see(row: AuditRow): void {
    const entry = parseEntry(row.body);
    this.#records += 1;
    if (hashOf(row) !== row.hash || entry === undefined)
      this.#fault(row.seq, 'changed', `record ${row.seq} was changed`);
    this.#follow(row, entry);
    const by = this.#claims.against(row);
    if (by !== undefined)
      this.#fault(row.seq, 'replaced', `record ${row.seq} is not the one that ${by} vouches for`);
    if (entry?.['event'] === 'checkpoint') this.#vouch(row, entry);
    if (entry?.['event'] === 'stop') this.#closed = true;
    this.#previous = row;
  }

  end(): ChainReport {
    const last = this.#previous?.seq ?? 0;
    if (this.#checker !== undefined && !this.#signed)
      this.#fault(this.#first, 'not-vouched-for', 'nothing in this chain is signed with a known key');
    return {
      ...{ chain: this.#chain, first: this.#first, last, records: this.#records, closed: this.#closed },
      unvouched: last - Math.max(this.#vouchedUpTo, this.#first - 1),
    };
  }

  #follow(row: AuditRow, entry: Entry | undefined): void {
    const previous = this.#previous;
    if (previous === undefined) {
      this.#first = row.seq;
      const whole = row.seq === 1 && row.prev === NOTHING_BEFORE;
      // What was removed for its age ends before a checkpoint, which vouches for it.
      if (!whole && entry?.['event'] !== 'checkpoint')
        this.#fault(
          1,
          'missing',
          `records 1 to ${row.seq - 1} are missing, and no checkpoint vouches for their removal`,
        );
      return;
    }
    if (row.seq !== previous.seq + 1)
      this.#fault(previous.seq + 1, 'missing', `${span(previous.seq + 1, row.seq - 1)} missing`);
    else if (row.prev !== previous.hash)
      this.#fault(
        previous.seq,
        'replaced',
        `record ${previous.seq} is not the one that record ${row.seq} follows`,
      );
  }

  #vouch(row: AuditRow, { at, key, signature }: Entry): void {
    const claim = { v: 1, chain: this.#chain, seq: row.seq - 1, hash: row.prev, at: Number(at) } as const;
    const signed = typeof key === 'string' && typeof signature === 'string' ? { key, signature } : {};
    const fault = this.#checker?.fault({ ...claim, ...signed });
    if (fault === undefined) {
      this.#vouchedUpTo = row.seq;
      this.#signed = true;
    } else this.#fault(row.seq, 'bad-signature', `checkpoint ${row.seq} ${fault}`);
  }

  #fault(seq: number, kind: AuditFaultKind, message: string): void {
    this.faults.push({ chain: this.#chain, seq, kind, message });
  }
}

function span(from: number, to: number): string {
  return from === to ? `record ${from} is` : `records ${from} to ${to} are`;
}
