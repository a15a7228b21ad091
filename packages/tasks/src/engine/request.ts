import type { JSONObject, JSONValue } from '@switchyard/wire';
import type { TaskState } from '../state/row.ts';

/** A task to be made. */
export interface TaskRequest {
  readonly owner: string;
  /** A tool that has a handler here. */
  readonly tool: string;
  /** @default 'tools/call' */
  readonly method?: string;
  readonly params: JSONObject;
  /** What else the handler must know of the request. @default null */
  readonly context?: JSONValue;
  /** A second task of the same owner and tool with this key is not made: the first is given. Up to 200 characters. */
  readonly idempotencyKey?: string;
  /** Trace context of the request, such as its `_meta`; spans of runs link to it, unless a span is active that they can link to. */
  readonly trace?: Readonly<Record<string, unknown>>;
  /** How hard the id is to guess, in bits. @default 128 */
  readonly idBits?: number;
}

/** What came of making a task. */
export interface TaskCreation {
  /** False where it existed already. */
  readonly created: boolean;
  readonly task: TaskState;
}
