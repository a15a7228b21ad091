import type { TaskState } from '@switchyard/tasks';
import type { Prepared } from '../database.ts';
import { STATE, type Tables } from '../names.ts';

/** By what a list is narrowed down. */
export interface ListFilters {
  readonly status: TaskState['status'] | undefined;
  readonly tool: boolean;
  readonly owner: boolean;
}

/**
 * At most $1 tasks older than the one made at $2 with the id $3, the newest first; of the tool $4 and the owner $5 where the
 * filter is on. One text for each combination, so that each uses the index that fits it.
 */
export function listStatement({ tasks }: Tables, { status, tool, owner }: ListFilters): Prepared {
  const conditions = [
    '(t.created_at, t.id) < ($2::bigint, $3)',
    ...(status === undefined ? [] : [OF_STATUS[status]]),
    tool ? 't.tool = $4' : '$4::text IS NULL',
    owner ? 't.owner = $5' : '$5::text IS NULL',
  ];
  const name = ['switchyard-list', status ?? 'any', ...(tool ? ['tool'] : []), ...(owner ? ['owner'] : [])];
  return {
    name: name.join('-'),
    text: `
SELECT ${STATE} FROM ${tasks} t WHERE ${conditions.join(' AND ')} ORDER BY t.created_at DESC, t.id DESC LIMIT $1`,
  };
}

// ---------------------------------------------------------------------------------------------------------------------

const OF_STATUS: Readonly<Record<TaskState['status'], string>> = {
  working: "t.status = 'working' AND t.finished_at IS NULL",
  input_required: "t.status = 'input_required' AND t.finished_at IS NULL",
  completed: "t.status = 'completed'",
  failed: "t.status = 'failed'",
  cancelled: "t.status = 'cancelled'",
};
