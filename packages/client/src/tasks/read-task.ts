import type {
  CompletedTask,
  DetailedTask,
  FailedTask,
  InputRequiredTask,
  Task,
  TaskStatus,
} from '@switchyard/wire';
import { ClientError } from '../errors.ts';
import { readOpen } from '../input/input-required.ts';

/** The longest id that is taken; it travels in a header. */
const MAX_ID_LENGTH = 4096;

const STATUSES: ReadonlySet<unknown> = new Set<TaskStatus>([
  'working',
  'input_required',
  'completed',
  'failed',
  'cancelled',
]);

/** Whether a task will not change any more. */
export function isTerminal(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Reads what a request became. Throws `ClientError` `invalid-response` for what is no task. Tasks: Task Creation. */
export function readCreated(value: Readonly<Record<string, unknown>>): Task {
  const { taskId, status, statusMessage, createdAt, lastUpdatedAt, ttlMs, pollIntervalMs } = value;
  if (typeof taskId !== 'string' || taskId === '' || taskId.length > MAX_ID_LENGTH)
    throw invalid('has no taskId');
  if (!STATUSES.has(status)) throw invalid(`has the unknown status ${JSON.stringify(status)}`);
  if (typeof createdAt !== 'string' || typeof lastUpdatedAt !== 'string')
    throw invalid('does not say since when it is');
  if (ttlMs !== null && !isMilliseconds(ttlMs)) throw invalid('does not say how long it is kept (ttlMs)');
  return {
    taskId,
    // It is one of them.
    status: status as TaskStatus,
    createdAt,
    lastUpdatedAt,
    ttlMs,
    ...(typeof statusMessage === 'string' ? { statusMessage } : {}),
    ...(isMilliseconds(pollIntervalMs) ? { pollIntervalMs } : {}),
  };
}

/**
 * Reads a task as it stands. Throws `ClientError` `invalid-response` for what is none, or another one than was asked for.
 * Tasks: Task Polling.
 */
export function readTask(value: Readonly<Record<string, unknown>>, taskId: string): DetailedTask {
  const task = readCreated(value);
  if (task.taskId !== taskId) throw invalid('is another one than was asked for');
  if (task.status === 'input_required') {
    return { ...task, inputRequests: readOpen(value['inputRequests']) } as InputRequiredTask; // by its status
  }
  if (task.status === 'completed') {
    const { result } = value;
    if (!isObject(result)) throw invalid('is completed without a result');
    return { ...task, result } as CompletedTask; // by its status
  }
  if (task.status === 'failed') return { ...task, error: readError(value['error']) } as FailedTask; // by its status
  return task as DetailedTask; // working and cancelled bring nothing
}

/** The error for a task that is not kept any more. */
export function expiredTask(cause?: unknown): ClientError {
  const message = 'The task has outlived the time that it was kept for.';
  return new ClientError('task-expired', message, {
    mayHaveRun: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

// ---------------------------------------------------------------------------------------------------------------------

function readError(error: unknown): FailedTask['error'] {
  if (!isObject(error)) throw invalid('has failed without an error');
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') throw invalid('has failed without an error');
  return data === undefined ? { code, message } : { code, message, data };
}

function isMilliseconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(fault: string): ClientError {
  return new ClientError('invalid-response', `The task ${fault}.`, { mayHaveRun: true });
}
