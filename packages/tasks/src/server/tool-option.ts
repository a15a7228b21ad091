import type { ClientCapabilities, JSONValue } from '@switchyard/wire';
import { TASKS_EXTENSION } from '@switchyard/wire';
import type { TaskPolicy } from '../engine/policy.ts';
import { resolvePolicy } from '../engine/policy.ts';
import type { HandlerContextLike } from './host.ts';

/** How a tool runs as a task. */
export interface TaskToolOptions<Args = unknown, Ctx = HandlerContextLike> extends TaskPolicy {
  /**
   * Whether the tool can only run as a task: callers who do not know tasks are then refused with -32021. Otherwise the same
   * handler runs for them at once, and the request waits for it. @default false
   */
  readonly required?: boolean;
  /** Whether this call becomes a task; asked of callers who know tasks, with arguments that conform. @default always */
  readonly when?: (args: Args, ctx: Ctx) => boolean | Promise<boolean>;
  /**
   * What is to be done before the task is made, while the caller waits: asking the user with `ctx.elicit`, say. What it gives is kept
   * with the task, and the handler has it from `taskOf(ctx).before(...)`.
   */
  readonly before?: (args: Args, ctx: Ctx) => JSONValue | Promise<JSONValue>;
}

/** What a tool's definition gets. */
export interface TaskToolSettings {
  readonly extensions: { readonly [TASKS_EXTENSION]: unknown };
  readonly requires?: ClientCapabilities;
}

/**
 * Lets a tool run as a task, for callers who know tasks: `registerTool('import', { ...runsAsTask(), inputSchema }, handler)`.
 * Throws `TypeError` for a policy that is not sound.
 */
export function runsAsTask<Args = never, Ctx = never>(
  options: TaskToolOptions<Args, Ctx> = {},
): TaskToolSettings {
  resolvePolicy(options);
  const extensions = { [TASKS_EXTENSION]: options } as const;
  return options.required === true
    ? { extensions, requires: { extensions: { [TASKS_EXTENSION]: {} } } }
    : { extensions };
}

/** The options of a tool, where it runs as a task. */
export function taskOptions(
  extensions: Readonly<Record<string, unknown>> | undefined,
): TaskToolOptions | undefined {
  // `runsAsTask` has put it there.
  return extensions?.[TASKS_EXTENSION] as TaskToolOptions | undefined;
}
