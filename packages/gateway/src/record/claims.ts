import type { AuditRow } from '../store/store.ts';
import type { AuditFault, ChainReport, VerifyOptions } from './faults.ts';

interface Claim {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  /** Who says so. */
  readonly by: string;
}

/** What anchors, and the first records of other chains, say of a chain. */
export class Claims {
  readonly faults: AuditFault[] = [];
  readonly #byRecord = new Map<string, Claim>();

  constructor({ anchors = [], checker }: VerifyOptions) {
    for (const anchor of anchors) {
      const { chain, seq, hash, at } = anchor;
      const fault = checker?.fault(anchor);
      const by = `an anchor of ${new Date(at).toISOString()}`;
      if (fault === undefined) this.#add({ chain, seq, hash, by });
      else this.faults.push({ chain, seq, kind: 'bad-signature', message: `${by} ${fault}` });
    }
  }

  /** The first record of a chain names the heads that the others had then. */
  learn(start: AuditRow): void {
    const others = parseEntry(start.body)?.['others'];
    for (const other of Array.isArray(others) ? others : []) {
      const [chain, seq, hash] = Array.isArray(other) ? other : [];
      if (typeof chain === 'string' && typeof seq === 'number' && typeof hash === 'string')
        this.#add({ chain, seq, hash, by: `the first record of ${start.chain}` });
    }
  }

  /** Who vouches for another record in the place of this one. */
  against({ chain, seq, hash }: AuditRow): string | undefined {
    const claim = this.#byRecord.get(keyOf(chain, seq));
    return claim === undefined || claim.hash === hash ? undefined : claim.by;
  }

  /** The claims about records that are not there. */
  unmet(reports: readonly ChainReport[]): AuditFault[] {
    const byChain = new Map(reports.map((report) => [report.chain, report]));
    const faults: AuditFault[] = [];
    for (const { chain, seq, by } of this.#byRecord.values()) {
      const report = byChain.get(chain);
      if (report === undefined)
        faults.push({
          chain,
          seq,
          kind: 'cut-off',
          message: `the whole chain is missing; ${by} vouches for ${seq} records`,
        });
      else if (seq > report.last)
        faults.push({
          ...{ chain, seq: report.last + 1, kind: 'cut-off' },
          message: `records ${report.last + 1} to ${seq} are missing from the end; ${by} vouches for them`,
        });
    }
    return faults;
  }

  #add(claim: Claim): void {
    this.#byRecord.set(keyOf(claim.chain, claim.seq), claim);
  }
}

function keyOf(chain: string, seq: number): string {
  return `${chain}\n${seq}`;
}

/** What a body says, looked at member by member. */
export type Entry = Readonly<Record<string, unknown>>;

/** What a body says; `undefined` where it is no JSON object. */
export function parseEntry(body: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(body);
    return typeof entry === 'object' && entry !== null ? (entry as Entry) : undefined; // members are looked at one by one
  } catch {
    return undefined;
  }
}
