import type { CallToolResult } from '@switchyard/wire';
import type { CallOptions } from '../call/call-options.ts';
import type { ClientExtension } from '../extension.ts';
import type { InputHandlers } from '../input/handlers.ts';
import type { Params } from '../link.ts';
import type { TaskHandle } from './handle.ts';
import type { TaskState } from './state.ts';

/** How a client treats tasks. */
export interface TasksOptions {
  /** Hears of every state of every task. @default nothing is told */
  readonly onUpdate?: (state: TaskState, call: { readonly method: string; readonly name: string }) => void;
  /** How many streams may tell of tasks at once; further ones are asked for. 0: all are. @default 2 */
  readonly maxStreams?: number;
  /** How many questions one task may ask, those that it takes back included. Against a server that never has enough. @default 100 */
  readonly maxInputs?: number;
  /** For how long a server may be unreachable before a task is given up here, in milliseconds. It can be resumed. @default 900000 */
  readonly maxOutageMs?: number;
}

/** How a call is made whose task is handed out. */
export interface StartOptions extends Omit<CallOptions, 'input' | 'cache'> {
  /** Who answers the questions of the task: the client's handlers, or the caller, by `answer`. @default 'auto' */
  readonly input?: 'auto' | 'manual';
  /** What answers the questions of this task, in place of the client's handlers: they must be of kinds that the client declares. */
  readonly handlers?: InputHandlers;
  /**
   * Marks the call, so that a repetition finds the task that the first made, where the server keeps such keys, as ours do: set
   * `repeatable` for those. @default none
   */
  readonly idempotencyKey?: string;
}

/** How a task is taken up. */
export type ResumeOptions = Pick<
  StartOptions,
  'input' | 'handlers' | 'headers' | 'timeoutMs' | 'totalTimeoutMs' | 'retries'
>;

/** A task of this server. */
export interface TaskName {
  readonly taskId: string;
  /** The tool that was called. */
  readonly name: string;
}

/** The Tasks extension of one client. */
export interface TasksExtension extends ClientExtension {
  /** Calls a tool, and hands out the task where it becomes one. Rejects as `callTool` does. */
  start(name: string, args?: Params, options?: StartOptions): Promise<CallToolResult | TaskHandle>;
  /**
   * Takes up a task out of what `serialize()` wrote, maybe in another process: no question is asked again. Of one that was made
   * otherwise its id and its tool will do. Throws `TypeError` for another text, `ClientError` `wrong-server` at another server.
   */
  resume(reference: string | TaskName, options?: ResumeOptions): TaskHandle;
}
