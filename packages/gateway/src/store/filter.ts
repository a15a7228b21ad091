import type { AuditFilter } from './store.ts';

/** Where a filter's members are in the body of a record. */
export const FILTER_PATHS: Readonly<
  Record<keyof Omit<AuditFilter, 'from' | 'to' | 'chain' | 'decision'>, readonly string[]>
> = {
  event: ['event'],
  subject: ['who', 'subject'],
  tenant: ['who', 'tenant'],
  method: ['what', 'method'],
  name: ['what', 'name'],
  server: ['server', 'name'],
  refusedFor: ['outcome', 'refusedFor'],
};

/** How a database's dialect writes what a filter asks. */
export interface FilterDialect {
  /** The time of a record. */
  readonly at: string;
  /** A placeholder for the next value. */
  placeholder(count: number): string;
  /** The text at a path of the body. */
  text(path: readonly string[]): string;
  /** Whether one of the decisions is the one at the placeholder. */
  decided(placeholder: string): string;
}

/** A condition and its values. */
export interface Condition {
  readonly sql: string;
  readonly values: (string | number)[];
}

/** The condition that a filter comes to; `TRUE` where it asks nothing. */
export function conditionOf(filter: AuditFilter, dialect: FilterDialect): Condition {
  const values: (string | number)[] = [];
  const put = (value: string | number): string => dialect.placeholder(values.push(value));
  const parts: string[] = [];
  if (filter.from !== undefined) parts.push(`${dialect.at} >= ${put(filter.from)}`);
  if (filter.to !== undefined) parts.push(`${dialect.at} < ${put(filter.to)}`);
  if (filter.chain !== undefined) parts.push(`chain = ${put(filter.chain)}`);
  if (filter.decision !== undefined) parts.push(dialect.decided(put(filter.decision)));
  for (const [key, path] of Object.entries(FILTER_PATHS)) {
    const wanted = filter[key as keyof typeof FILTER_PATHS]; // the keys of that very object
    if (wanted !== undefined) parts.push(`${dialect.text(path)} = ${put(wanted)}`);
  }
  return { sql: parts.length === 0 ? 'TRUE' : parts.join(' AND '), values };
}
