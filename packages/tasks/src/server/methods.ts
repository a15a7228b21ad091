import { invalidParams } from '@switchyard/wire';
import type { TaskEngine } from '../engine/engine.ts';
import { TaskLimitError } from '../engine/errors.ts';
import type { TaskSnapshot } from '../state/row.ts';
import type { HandlerContextLike, HostLike, MethodLike } from './host.ts';
import { ownerOf } from './owner.ts';
import { warnOfUnasked } from './warnings.ts';
import { toDetailedTask, toRequests } from './wire-task.ts';

/** What the methods work with. */
export interface MethodParts {
  readonly engine: TaskEngine;
  readonly host: () => HostLike;
}

/** The methods of the extension. Tasks: Task Polling, Task Update Requests, Task Cancellation. */
export function taskMethods({ engine, host }: MethodParts): Readonly<Record<string, MethodLike>> {
  const find = async (taskId: string, ctx: HandlerContextLike): Promise<Found> => {
    const owner = await ownerOf(host(), ctx);
    const task = await engine.get(taskId, owner);
    if (task === undefined) throw unknownTask();
    return { task, owner };
  };
  return {
    'tasks/get': {
      nameParam: 'taskId',
      params: paramsOf({}),
      handler: async ({ taskId }, ctx) => {
        const { task } = await find(String(taskId), ctx);
        warnOfUnasked(host(), task, ctx);
        return { ...toDetailedTask(task) };
      },
    },
    'tasks/update': {
      nameParam: 'taskId',
      params: paramsOf({ inputResponses: { type: 'object' } }),
      handler: async ({ taskId, inputResponses }, ctx) => {
        const { task, owner } = await find(String(taskId), ctx);
        // The schema has seen that it is an object.
        const answers = await checkedAnswers(
          host(),
          task,
          inputResponses as Readonly<Record<string, unknown>>,
        );
        if (Object.keys(answers).length > 0) await engine.answer(task.id, owner, answers).catch(tooLarge);
        return {};
      },
    },
    'tasks/cancel': {
      nameParam: 'taskId',
      params: paramsOf({}),
      handler: async ({ taskId }, ctx) => {
        const cancelled = await engine.cancel(String(taskId), await ownerOf(host(), ctx));
        if (cancelled === undefined) throw unknownTask();
        return {};
      },
    },
  };
}

// ---

interface Found {
  readonly task: TaskSnapshot;
  readonly owner: string;
}

function paramsOf(more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const properties = { taskId: { type: 'string' }, ...more };
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** One answer for what does not exist, what is another's, and what is no longer kept: nobody can tell which. */
const unknownTask = (): Error => invalidParams('There is no such task.');

/** What is too large is the caller's to mend. */
function tooLarge(error: unknown): never {
  throw error instanceof TaskLimitError ? invalidParams(error.message) : error;
}

/** The answers to open questions, each held to its question; one that does not fit refuses all. */
async function checkedAnswers(
  host: HostLike,
  task: TaskSnapshot,
  given: Readonly<Record<string, unknown>>,
): Promise<Parameters<TaskEngine['answer']>[2]> {
  const answers: Record<string, Parameters<TaskEngine['answer']>[2][string]> = {};
  for (const [key, question] of Object.entries(toRequests(task))) {
    if (!Object.hasOwn(given, key)) continue;
    // What came over the wire is JSON.
    answers[key] = (await host.checkAnswer(key, question, given[key])) as unknown as (typeof answers)[string];
  }
  return answers;
}
