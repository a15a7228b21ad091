import type { QueryResultRow } from 'pg';
import type { Database, Prepared } from './database.ts';
import { PostgresStoreError } from './error.ts';
import { gather } from './gather.ts';
import { toItems } from './text.ts';

/** How a verb that many items share one statement for is carried out. */
export interface Batch<Item, Row, Answer> {
  readonly statement: Prepared;
  /** What the statement reads of an item, beside its number `n`. */
  readonly columns: (item: Item) => object;
  /** The answer for an item whose row came back, or did not. */
  readonly answer: (row: Row | undefined, item: Item) => Answer;
  /** Two items of which it gives the same never go together: a statement writes a row once. */
  readonly apart: (item: Item) => string;
  /** How rows name their items, where not by number: by what sets them apart. */
  readonly by?: (row: Row) => string;
}

/** Carries out items of many calls in one statement. */
export function batched<Item, Row extends QueryResultRow, Answer>(
  database: Database,
  { statement, columns, answer, apart, by }: Batch<Item, Row, Answer>,
): (items: readonly Item[]) => Promise<readonly Answer[]> {
  const together = async (items: readonly Item[]): Promise<readonly Answer[]> => {
    const given = toItems(items.map((item, n) => ({ n, ...columns(item) })));
    const rows = new Map<unknown, Row>();
    for (const row of await database.rows<Row>(statement, [given]))
      rows.set(by === undefined ? row['n'] : by(row), row);
    return items.map((item, n) => answer(rows.get(by === undefined ? n : apart(item)), item));
  };
  return gather(together, { most: MOST_TOGETHER, atOnce: AT_ONCE, apart, harmless: wroteNothing });
}

// ---------------------------------------------------------------------------------------------------------------------

const MOST_TOGETHER = 200;
/** Two: while the database writes one group to disk, the next is on its way. */
const AT_ONCE = 2;

function wroteNothing(error: unknown): boolean {
  return error instanceof PostgresStoreError && error.code === 'failed';
}
