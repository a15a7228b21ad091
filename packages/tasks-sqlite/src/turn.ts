import type { TaskChange } from '@switchyard/tasks';
import type { Connection, Row, SqlValue } from './connection.ts';

/** One transaction, as the verbs that write see it. */
export interface Turn {
  readonly connection: Connection;
  /** The time of the transaction. */
  readonly now: number;
  /** Says that a task was changed, to be told once that is committed. */
  readonly changed: (change: TaskChange) => void;
}

/** Notes what was changed. */
export class ChangeLog {
  readonly changes: TaskChange[] = [];
  readonly changed = (change: TaskChange): void => void this.changes.push(change);
}

/** The first row of a statement, if any. */
export function first(
  { connection }: Pick<Turn, 'connection'>,
  sql: string,
  values: readonly SqlValue[],
): Row | undefined {
  const [row] = connection.statement(sql).all(...values);
  return row;
}

/** Runs a statement and says whether it changed a row. */
export function changes(
  { connection }: Pick<Turn, 'connection'>,
  sql: string,
  values: readonly SqlValue[],
): boolean {
  return connection.statement(sql).run(...values) > 0;
}
