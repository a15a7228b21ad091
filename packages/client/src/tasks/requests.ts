import type { DetailedTask, InputResponses, Result } from '@switchyard/wire';
import type { CallOptions } from '../call/call-options.ts';
import type { ExtensionHost, HostCall } from '../extension.ts';
import { readTask } from './read-task.ts';

/** Whose requests they are. */
export interface TaskRequestsParts {
  readonly host: ExtensionHost;
  readonly taskId: string;
  /** The call that became the task. */
  readonly call: HostCall;
}

/** The requests about one task. Each rejects as calls do. */
export class TaskRequests {
  readonly #parts: TaskRequestsParts;

  constructor(parts: TaskRequestsParts) {
    this.#parts = parts;
  }

  /** How it stands. Tasks: Task Polling. */
  async get(): Promise<DetailedTask> {
    return readTask(await this.#send('tasks/get', {}), this.#parts.taskId);
  }

  /** Sends answers. Tasks: Task Update Requests. */
  async update(inputResponses: InputResponses): Promise<void> {
    await this.#send('tasks/update', { inputResponses });
  }

  /** Wants it cancelled. Tasks: Task Cancellation. */
  async cancel(): Promise<void> {
    await this.#send('tasks/cancel', {});
  }

  #send(method: string, params: Readonly<Record<string, unknown>>): Promise<Result> {
    const { host, taskId, call } = this.#parts;
    return host.request({ method, params: { taskId, ...params }, options: ownOptions(call.options) });
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/** What of a call's options belongs to its task, too: who calls, and how long one request may take. */
function ownOptions({ headers, timeoutMs, totalTimeoutMs, retries }: CallOptions = {}): CallOptions {
  return {
    ...(headers === undefined ? {} : { headers }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(totalTimeoutMs === undefined ? {} : { totalTimeoutMs }),
    ...(retries === undefined ? {} : { retries }),
  };
}
