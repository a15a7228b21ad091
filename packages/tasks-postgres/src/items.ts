import type {
  Ask,
  Finish,
  Heartbeat,
  Lease,
  NewTask,
  Outcome,
  Report,
  Retry,
  StepWrite,
} from '@switchyard/tasks';
import type { CreateItem } from './statements/create.ts';

/** What a statement reads of an item, beside its number. */
type Columns = Readonly<Record<string, unknown>>;

export function createColumns(task: NewTask, mostLive: number | undefined): Omit<CreateItem, 'n'> {
  return {
    id: task.id,
    owner: task.owner,
    method: task.method,
    tool: task.tool,
    params: task.params,
    context: task.context,
    ttl_ms: task.ttlMs,
    retention_ms: task.retentionMs,
    poll_interval_ms: task.pollIntervalMs,
    priority: task.priority,
    idempotency_key: task.idempotencyKey,
    due_in_ms: task.lease?.leaseMs ?? task.delayMs ?? 0,
    worker: task.lease?.worker,
    most_live: mostLive,
  };
}

export function leaseColumns({ id, token }: Lease): Columns {
  return { id, token };
}

export function heartbeatColumns({
  lease,
  leaseMs,
}: {
  readonly lease: Lease;
  readonly leaseMs: number;
}): Columns {
  return { lease_ms: leaseMs, ...leaseColumns(lease) };
}

export function stepColumns({ lease, name, result }: StepWrite): Columns {
  return { name, result, ...leaseColumns(lease) };
}

export function reportColumns({ lease, statusMessage }: Report): Columns {
  return { status_message: statusMessage, ...leaseColumns(lease) };
}

export function askColumns({ lease, questions, withdraw, suspend }: Ask): Columns {
  return { questions, withdraw, suspend, ...leaseColumns(lease) };
}

export function retryColumns({ lease, delayMs, statusMessage }: Retry): Columns {
  return { delay_ms: delayMs, status_message: statusMessage, ...leaseColumns(lease) };
}

export function finishColumns({ lease, outcome }: Finish): Columns {
  const { status, status_message, result, error } = outcomeColumns(outcome);
  return { status, status_message, result, error, ...leaseColumns(lease) };
}

/** The columns of an end; what it does not have is `null`. */
export function outcomeColumns(outcome: Outcome): OutcomeColumns {
  return {
    status: outcome.status,
    status_message: outcome.statusMessage ?? null,
    result: outcome.status === 'completed' ? outcome.result : null,
    error: outcome.status === 'failed' ? outcome.error : null,
  };
}

interface OutcomeColumns {
  readonly status: string;
  readonly status_message: string | null;
  readonly result: string | null;
  readonly error: string | null;
}

/** What a heartbeat reads. */
export interface HeartbeatRow {
  readonly n: number;
  readonly cancel_requested: boolean;
  readonly version: number;
}

export function toHeartbeat({ cancel_requested, version }: HeartbeatRow): Heartbeat {
  return { cancelRequested: cancel_requested, version };
}
