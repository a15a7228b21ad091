import type { InputRequests, InputResponses } from './input.ts';
import type { ErrorObject, JSONRPCNotification, JSONRPCRequest, Result } from './jsonrpc.ts';
import type { NotificationParams, RequestParams } from './meta.ts';

// The extension `io.modelcontextprotocol/tasks`; "Tasks: x" stands for the section x of its specification,
// https://github.com/modelcontextprotocol/ext-tasks/blob/main/specification/draft/tasks.md.

/** Where a task stands; the last three are final. Tasks: Task Status. */
export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

/** What is known of a task, whatever its status. Tasks: Tasks. */
export interface Task {
  taskId: string;
  status: TaskStatus;
  /** For people. */
  statusMessage?: string;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  lastUpdatedAt: string;
  /** How long it is kept, in milliseconds from its creation; `null` is without limit. May change. */
  ttlMs: number | null;
  /** How often to ask, in milliseconds. May change. */
  pollIntervalMs?: number;
}

/** A task that is worked on. Tasks: Task Status. */
export interface WorkingTask extends Task {
  status: 'working';
}

/** A task that cannot go on without the client. Tasks: Task Status. */
export interface InputRequiredTask extends Task {
  status: 'input_required';
  /** All that is to be answered, each time. */
  inputRequests: InputRequests;
}

/** A task whose request has its result. Tasks: Task Status. */
export interface CompletedTask extends Task {
  status: 'completed';
  /** What the request itself would have been answered with, `isError` included. */
  result: { [key: string]: unknown };
}

/** A task whose request was answered with an error. Tasks: Task Status. */
export interface FailedTask extends Task {
  status: 'failed';
  error: ErrorObject;
}

/** A task that was cancelled. Tasks: Task Status. */
export interface CancelledTask extends Task {
  status: 'cancelled';
}

/** A task with what its status brings. Tasks: Task Status. */
export type DetailedTask = WorkingTask | InputRequiredTask | CompletedTask | FailedTask | CancelledTask;

/** Answers a request whose work goes on. Tasks: Task Creation. */
export type CreateTaskResult = Result & Task & { resultType: 'task' };

/** Asks for a task. Tasks: Task Polling. */
export interface GetTaskRequest extends JSONRPCRequest {
  method: 'tasks/get';
  params: RequestParams & { taskId: string };
}

/** The task as it is. Tasks: Task Polling. */
export type GetTaskResult = Result & DetailedTask & { resultType: 'complete' };

/** Answers questions of a task. Tasks: Task Update Requests. */
export interface UpdateTaskRequest extends JSONRPCRequest {
  method: 'tasks/update';
  params: RequestParams & { taskId: string; inputResponses: InputResponses };
}

/** Wants a task cancelled. Tasks: Task Cancellation. */
export interface CancelTaskRequest extends JSONRPCRequest {
  method: 'tasks/cancel';
  params: RequestParams & { taskId: string };
}

/** Params of `notifications/tasks`: what `tasks/get` would say now. Tasks: Task Notifications. */
export type TaskNotificationParams = NotificationParams & DetailedTask & { [key: string]: unknown };

/** Tells a listen stream of a change. Tasks: Task Notifications. */
export interface TaskNotification extends JSONRPCNotification {
  method: 'notifications/tasks';
  params: TaskNotificationParams;
}

/** What the extension adds to the filter of `subscriptions/listen`. Tasks: Task Notifications. */
export interface TaskSubscriptionFilter {
  taskIds?: string[];
}
