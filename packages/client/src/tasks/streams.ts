import type { JSONObject } from '@switchyard/wire';
import type { ExtensionHost } from '../extension.ts';
import type { Params } from '../link.ts';
import type { Subscription } from '../listen/subscription.ts';

/** The notification by which a server tells of a task. */
export const TASK_NOTIFICATION = 'notifications/tasks';

/** What comes of a stream. */
export interface StreamListener {
  /** A notification of a task, not looked at. */
  readonly told: (params: Params) => void;
  /** Something may have been missed: look at once. */
  readonly look: () => void;
}

/** A stream that tells of one task. */
export interface TaskStream {
  /** Whether the server tells of it just now. */
  readonly open: boolean;
  close(): void;
}

/** The streams of a client's tasks: a few, since each holds a connection, and none where the server has none. */
export class Streams {
  readonly #host: ExtensionHost;
  readonly #max: number;
  #count = 0;
  #supported = true;

  constructor(host: ExtensionHost, max: number) {
    this.#host = host;
    this.#max = max;
  }

  /** Listens to a task; `undefined` where it is to be asked for instead. Tasks: Task Notifications. */
  open(taskId: string, listener: StreamListener): TaskStream | undefined {
    if (!this.#supported || this.#count >= this.#max) return undefined;
    this.#count += 1;
    const subscription = this.#host.listen({ taskIds: [taskId] });
    const stream = { open: false, close: (): void => undefined };
    const end = (): void => {
      stream.open = false;
      this.#count -= 1;
      stream.close = () => undefined;
    };
    stream.close = () => {
      end();
      void subscription.close();
    };
    subscription.on('event', (event) => {
      if (event.type === 'missed') listener.look();
      if (event.type === 'notification' && event.method === TASK_NOTIFICATION) listener.told(event.params);
    });
    subscription.on('status', (status) => {
      const wasOpen = stream.open;
      stream.open = status === 'open' && isAgreed(subscription, taskId);
      if (status === 'unsupported') this.#supported = false;
      if (status === 'open' && !stream.open) stream.close();
      else if (status === 'unsupported' || status === 'failed') end();
      // What happened before the stream began, or while it is down, is not told again.
      if (stream.open || wasOpen) listener.look();
    });
    return stream;
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function isAgreed({ agreed }: Subscription, taskId: string): boolean {
  const { taskIds } = (agreed ?? {}) as JSONObject; // what the server says, looked at here
  return Array.isArray(taskIds) && taskIds.includes(taskId);
}
