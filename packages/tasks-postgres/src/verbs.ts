import type { Ask, Asked, Finish, Heartbeat, Lease, Report, Retry, StepWrite } from '@switchyard/tasks';
import { batched } from './batch.ts';
import type { Changes } from './changes.ts';
import type { Database } from './database.ts';
import {
  askColumns,
  finishColumns,
  type HeartbeatRow,
  heartbeatColumns,
  leaseColumns,
  reportColumns,
  retryColumns,
  stepColumns,
  toHeartbeat,
} from './items.ts';
import type { Tables } from './names.ts';
import { type AskRow, askStatement } from './statements/ask.ts';
import { finishStatement } from './statements/finish.ts';
import { heartbeatStatement } from './statements/heartbeat.ts';
import { releaseStatement } from './statements/release.ts';
import { reportStatement } from './statements/report.ts';
import { retryStatement } from './statements/retry.ts';
import { saveStepsStatement } from './statements/save-steps.ts';

/** What the verbs work with. */
export interface Workings {
  readonly database: Database;
  readonly tables: Tables;
  readonly changes: Changes;
}

/** The verbs of those who hold leases. */
export interface LeaseVerbs {
  readonly heartbeat: (
    items: readonly { readonly lease: Lease; readonly leaseMs: number }[],
  ) => Promise<readonly (Heartbeat | undefined)[]>;
  readonly saveSteps: (steps: readonly StepWrite[]) => Promise<readonly boolean[]>;
  readonly report: (reports: readonly Report[]) => Promise<readonly boolean[]>;
  readonly ask: (asks: readonly Ask[]) => Promise<readonly (Asked | undefined)[]>;
  readonly retry: (retries: readonly Retry[]) => Promise<readonly boolean[]>;
  readonly release: (leases: readonly Lease[]) => Promise<readonly boolean[]>;
  readonly finish: (ends: readonly Finish[]) => Promise<readonly boolean[]>;
}

/** Makes the verbs of those who hold leases: each is one statement for the items of many calls. */
export function leaseVerbs({ database, tables, changes }: Workings): LeaseVerbs {
  const apart = ({ lease }: { readonly lease: Lease }): string => lease.id;
  const written = (due: boolean) => (row: NumberedRow | undefined, item: { readonly lease: Lease }) => {
    if (row !== undefined) changes.changed({ id: item.lease.id, due });
    return row !== undefined;
  };
  return {
    heartbeat: batched(database, {
      statement: heartbeatStatement(tables),
      columns: heartbeatColumns,
      answer: (row: HeartbeatRow | undefined) => (row === undefined ? undefined : toHeartbeat(row)),
      apart,
    }),
    saveSteps: batched(database, {
      statement: saveStepsStatement(tables),
      columns: stepColumns,
      answer: (row: NumberedRow | undefined) => row !== undefined,
      apart: ({ lease, name }) => `${lease.id} ${lease.token} ${name}`,
    }),
    report: batched(database, {
      statement: reportStatement(tables),
      columns: reportColumns,
      answer: written(false),
      apart,
    }),
    ask: batched(database, {
      statement: askStatement(tables),
      columns: askColumns,
      answer: (row: AskRow | undefined, { lease }) => {
        if (row === undefined) return undefined;
        changes.changed({ id: lease.id, due: row.due });
        return { open: row.open, version: row.version };
      },
      apart,
    }),
    retry: batched(database, {
      statement: retryStatement(tables),
      columns: retryColumns,
      answer: (row: NumberedRow | undefined, item) => written(item.delayMs <= 0)(row, item),
      apart,
    }),
    release: batched(database, {
      statement: releaseStatement(tables),
      columns: leaseColumns,
      answer: (row: NumberedRow | undefined, lease) => written(true)(row, { lease }),
      apart: ({ id }) => id,
    }),
    finish: batched(database, {
      statement: finishStatement(tables),
      columns: finishColumns,
      answer: written(false),
      apart,
    }),
  };
}

// ---------------------------------------------------------------------------------------------------------------------

interface NumberedRow {
  readonly n: number;
}
