import type { AuditRow } from '../store/store.ts';
import type { AuditSource } from './verify.ts';

const RECORD = ',"record":';

/** A record as a line of JSON. The body stands in it as it was hashed, so that the line can be verified. */
export function toLine({ chain, seq, prev, hash, body }: AuditRow): string {
  return `${JSON.stringify({ chain, seq, prev, hash }).slice(0, -1)}${RECORD}${body}}`;
}

/** The record of such a line. Throws `TypeError` for anything else. */
export function fromLine(line: string): AuditRow {
  const at = line.indexOf(RECORD);
  try {
    const head: unknown = JSON.parse(`${line.slice(0, at)}}`);
    if (at !== -1 && line.endsWith('}') && isHead(head))
      return { ...head, body: line.slice(at + RECORD.length, -1) };
  } catch {
    // Said below.
  }
  throw new TypeError('it is not a line of an export of the audit trail');
}

/** The records of an export, to be verified; in any order of chains. */
export function sourceOf(rows: readonly AuditRow[]): AuditSource {
  const chains = group(rows);
  for (const list of chains.values()) list.sort((a, b) => a.seq - b.seq);
  return {
    chains: async () => [...chains.keys()].sort(),
    read: async (chain, after, limit) => {
      const list = chains.get(chain) ?? [];
      const from = list.findIndex(({ seq }) => seq > after);
      return from === -1 ? [] : list.slice(from, from + limit);
    },
  };
}

// ---

type Head = Omit<AuditRow, 'body'>;

function isHead(value: unknown): value is Head {
  const head = value as Partial<Record<keyof Head, unknown>> | null; // its members are looked at one by one
  return (
    typeof head?.chain === 'string' &&
    typeof head.seq === 'number' &&
    typeof head.prev === 'string' &&
    typeof head.hash === 'string'
  );
}

function group(rows: readonly AuditRow[]): Map<string, AuditRow[]> {
  const chains = new Map<string, AuditRow[]>();
  for (const row of rows) {
    const list = chains.get(row.chain) ?? [];
    list.push(row);
    chains.set(row.chain, list);
  }
  return chains;
}
