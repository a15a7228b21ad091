import type { CreateTaskResult, DetailedTask, ErrorObject, InputRequest, Task } from '@switchyard/wire';
import type { TaskSnapshot, TaskState } from '../state/row.ts';

/** A task as its owner is told of it. Tasks: Tasks. */
export function toTask(state: TaskState): Task {
  const task: Task = {
    taskId: state.id,
    status: state.status,
    createdAt: new Date(state.createdAt).toISOString(),
    lastUpdatedAt: new Date(state.updatedAt).toISOString(),
    ttlMs: state.ttlMs,
    pollIntervalMs: state.pollIntervalMs,
  };
  if (state.statusMessage !== undefined) task.statusMessage = state.statusMessage;
  return task;
}

/** The answer to a request that became a task. Tasks: Task Creation. */
export function toCreateResult(state: TaskState): CreateTaskResult {
  return { resultType: 'task', ...toTask(state) };
}

/** A task with what its status brings. Tasks: Task Status. */
export function toDetailedTask(snapshot: TaskSnapshot): DetailedTask {
  const task = toTask(snapshot);
  const { status } = snapshot;
  switch (status) {
    case 'working':
    case 'cancelled':
      return { ...task, status };
    case 'input_required':
      return { ...task, status, inputRequests: toRequests(snapshot) };
    case 'completed':
      return { ...task, status, result: toObject(snapshot.result) };
    case 'failed':
      return { ...task, status, error: toError(snapshot.error) };
  }
}

/** The questions that wait for an answer, by key. */
export function toRequests({ open }: TaskSnapshot): Record<string, InputRequest> {
  // The engine wrote them.
  return Object.fromEntries(open.map(({ key, request }) => [key, JSON.parse(request) as InputRequest]));
}

// ---

// The engine wrote both: a result without its type, and a JSON-RPC error.
const toObject = (text = '{}'): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
const toError = (text = '{"code":-32603,"message":"Internal error"}'): ErrorObject =>
  JSON.parse(text) as ErrorObject;
