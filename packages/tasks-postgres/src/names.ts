import { quoteIdentifier } from './identifier.ts';

/** What one schema holds, as SQL. */
export interface Tables {
  readonly tasks: string;
  readonly steps: string;
  readonly questions: string;
  readonly sweeps: string;
  /** The function that counts an owner's live tasks. */
  readonly liveTasks: string;
}

/** The tables of this schema. Throws `TypeError` for what is no name. */
export function tablesOf(schema: string): Tables {
  const of = quoteIdentifier(schema);
  return {
    tasks: `${of}.tasks`,
    steps: `${of}.steps`,
    questions: `${of}.questions`,
    sweeps: `${of}.sweeps`,
    liveTasks: `${of}.live_tasks`,
  };
}

/** The current time in milliseconds since 1970, the same throughout a statement. */
export const NOW = "floor(date_part('epoch', statement_timestamp()) * 1000)::bigint";

/** The columns of a task's state, of the table or query called `t`. */
export const STATE = `t.id, t.owner, t.method, t.tool, t.status, t.status_message, t.created_at, t.updated_at, t.finished_at,
  t.ttl_ms, t.retention_ms, t.poll_interval_ms, t.version, t.priority, t.attempts, t.due_at, t.worker, t.token,
  t.cancel_requested, t.idempotency_key`;

/** What every change that callers see sets beside itself. */
export const SEEN: string = `updated_at = greatest(t.updated_at, ${NOW}), version = t.version + 1`;

/** What every end of a task sets beside itself; its time is prolonged where its result is to be kept for longer. */
export const ENDED: string = `finished_at = ${NOW}, due_at = NULL, worker = NULL, open_questions = 0,
  ttl_ms = CASE WHEN t.retention_ms IS NULL THEN t.ttl_ms
    ELSE greatest(coalesce(t.ttl_ms, 0), ${NOW} - t.created_at + t.retention_ms) END, ${SEEN}`;

/** Not terminal, said so that no partial index matches: whoever joins by id reads by id. */
export const ALIVE = "t.status IN ('working', 'input_required')";

/** The condition under which a lease given as `g.id` and `g.token` may write to the task `t`. */
export const HELD: string = `t.id = g.id AND t.token = g.token AND ${ALIVE}`;

/** Somebody has it, said so that no partial index matches. */
export const TAKEN = "coalesce(t.worker, '') <> ''";
