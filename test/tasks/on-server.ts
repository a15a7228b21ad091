import type { RequestContext, Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import type { TaskStore, TasksOptions } from '@switchyard/tasks';
import { memoryTaskStore, runsAsTask, taskOf, tasks } from '@switchyard/tasks';
import { z } from 'zod';
import type { Build } from '../support/matrix.ts';
import type { RequestOptions } from '../support/messages.ts';
import type { Answer, Peer } from '../support/peer.ts';

export const TASKS = 'io.modelcontextprotocol/tasks';

/** What a client declares that knows tasks and can be asked everything. */
export const KNOWING: RequestOptions = {
  capabilities: { elicitation: { form: {}, url: {} }, extensions: { [TASKS]: {} } },
};

/** A server whose instances share one store; `define` adds what the case needs. */
export function withTasks(define: (server: Server) => void, options: Partial<TasksOptions> = {}): Build {
  const store: TaskStore = options.store ?? memoryTaskStore();
  return (base) => {
    const server = createServer({ name: 'tasks', version: '1.0.0' }, base);
    server.registerExtension(tasks({ ...options, store }));
    define(server);
    return server;
  };
}

/** A tool that asks for a text, does a step, and says both. */
export function addAsking(server: Server): void {
  server.registerTool('ask', { ...runsAsTask() }, async (ctx) => {
    const task = taskOf(ctx);
    task.progress('about to ask');
    const answer = await askText(ctx, 'Which text?');
    const length = await task.step('measure', () => answer.length);
    return `${answer} has ${length} characters`;
  });
}

export async function askText(ctx: RequestContext, message: string): Promise<string> {
  const requestedSchema = z.object({ text: z.string().min(2) });
  const answer = await ctx.elicit({ message, requestedSchema });
  return answer.action === 'accept' ? answer.content.text : answer.action;
}

/** Calls a tool and gives the id of the task that it has become. */
export async function callForTask(
  peer: Peer,
  name: string,
  args: object = {},
  options = KNOWING,
): Promise<string> {
  const { result, why } = await peer.call('tools/call', { name, arguments: args }, options);
  if (result['resultType'] !== 'task')
    throw new Error(`${name} did not become a task: ${why}${JSON.stringify(result)}`);
  return String(result['taskId']);
}

/** Asks for a task until it has one of these statuses. */
export async function pollUntil(
  peer: Peer,
  taskId: string,
  ...statuses: string[]
): Promise<Answer['result']> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { result, why } = await peer.call('tasks/get', { taskId }, KNOWING);
    if (statuses.includes(String(result['status']))) return result;
    if (why !== '' || Date.now() > deadline)
      throw new Error(`The task did not become ${statuses.join(' or ')}: ${why}${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The text of a finished task. */
export function textOf(task: Answer['result']): string {
  // Tools of these tests give one text.
  const { content } = task['result'] as { readonly content: readonly { readonly text: string }[] };
  return content.map(({ text }) => text).join();
}
