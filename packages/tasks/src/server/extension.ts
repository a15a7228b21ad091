import type { JSONObject } from '@switchyard/wire';
import { TASKS_EXTENSION } from '@switchyard/wire';
import type { TaskEngine } from '../engine/engine.ts';
import { createTaskEngine } from '../engine/engine.ts';
import { systemEnvironment } from '../engine/environment.ts';
import { checkWhole, type TaskEngineOptions } from '../engine/options.ts';
import type { TaskHandler } from '../engine/task-run.ts';
import { aroundCalls } from './create-on-call.ts';
import { Follower } from './follow.ts';
import type { HostLike, ServerExtension } from './host.ts';
import { kept } from './kept-request.ts';
import { taskIdsField } from './listen.ts';
import { taskMethods } from './methods.ts';
import { TaskDetached } from './task-of.ts';
import { taskOptions } from './tool-option.ts';

/** How tasks of a server behave. */
export interface TasksOptions extends TaskEngineOptions {
  /** Whether this instance runs tasks; otherwise it only makes them and answers for them. @default true */
  readonly work?: boolean;
  /** Most tasks that one listen stream may follow. @default 100 */
  readonly followed?: number;
}

/** The Tasks extension of a server. */
export interface TasksExtension extends ServerExtension {
  /** What runs the tasks. */
  readonly engine: TaskEngine;
}

/**
 * The Tasks extension: `server.registerExtension(tasks({ store }))`. Tools with {@link runsAsTask} then run as tasks, on this and on
 * every other instance with the same store. Closing the server drains it; the store stays open.
 * Throws `TypeError` for options that are not sound.
 */
export function tasks(options: TasksOptions): TasksExtension {
  const { work = true, followed = 100, environment = systemEnvironment } = options;
  checkWhole('followed', followed, 0);
  let current: HostLike | undefined;
  const host = (): HostLike => {
    if (current === undefined) throw new Error('The extension has not been registered with a server.');
    return current;
  };
  const engine = createTaskEngine({
    ...options,
    onError: options.onError ?? ((error, { where }) => void current?.reportError(error, `tasks: ${where}`)),
  });
  const follower = new Follower({
    engine,
    environment,
    pollMs: options.store.capabilities.pushes ? 5000 : (options.pollMs ?? 1000),
    onError: (error) => void host().reportError(error, 'tasks: telling a listen stream'),
  });
  const parts = { engine, host };
  return {
    engine,
    id: TASKS_EXTENSION,
    settings: {},
    methods: taskMethods(parts),
    resultTypes: ['task'],
    listen: { taskIds: taskIdsField({ ...parts, follower, most: followed }) },
    around: aroundCalls(parts),
    served: (next) => {
      const before = current;
      current = next;
      serve(engine, { before, next });
      if (work) engine.start();
    },
    close: async ({ timeoutMs }) => {
      follower.close();
      // What is left of the time is for whatever has to end because of this.
      await engine.close({ timeoutMs: timeoutMs / 2 });
    },
  };
}

// ---

/** Runs the tools of this set of definitions, and those of the set before no more. */
function serve(
  engine: TaskEngine,
  { before, next }: { readonly before: HostLike | undefined; readonly next: HostLike },
): void {
  for (const name of before?.tools.keys() ?? []) if (!next.tools.has(name)) engine.unhandle(name);
  for (const [name, { extensions }] of next.tools) {
    const options = taskOptions(extensions);
    if (options === undefined) engine.unhandle(name);
    else engine.handle(name, runTool(next, name), options);
  }
}

function runTool(host: HostLike, tool: string): TaskHandler {
  return (run) => {
    const { before, ...request } = kept(run.context);
    return host.callTool({
      tool,
      args: (run.params as JSONObject)['arguments'],
      request: { id: run.id, ...request },
      run: new TaskDetached(run, before),
      signal: run.signal,
    });
  };
}
