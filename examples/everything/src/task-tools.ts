import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestContext, Server } from '@switchyard/server';
import { ProtocolError } from '@switchyard/server';
import type { TaskStore } from '@switchyard/tasks';
import { runsAsTask, taskOf, tasks } from '@switchyard/tasks';
import { z } from 'zod';

/** Tools that run as tasks for callers who know tasks; most do their work at once for all others. */
export function addTaskTools(server: Server, store: TaskStore): void {
  server.registerExtension(tasks({ store, progressMs: 100 }));
  addWork(server);
  addQuestions(server);
}

const QUICK = { ttlMs: 600_000, retentionMs: 600_000, pollIntervalMs: 200 };

function addWork(server: Server): void {
  server.registerTool(
    'greet',
    { description: 'Greets at once; never a task.', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => `Hello, ${name}!`,
  );

  const inputSchema = z.object({
    seconds: z.number().min(0).max(60).default(1),
    label: z.string().default(''),
  });
  server.registerTool(
    'slow_compute',
    { description: 'Takes a while, and says how far it is.', inputSchema, ...runsAsTask(QUICK) },
    async ({ seconds, label }, ctx) => {
      const task = taskOf(ctx);
      for (let tick = 1; tick <= 10; tick += 1) {
        await sleep(seconds * 100, undefined, { signal: ctx.signal });
        task.progress(`${tick * 10} %`);
      }
      return `Computed ${label} in ${seconds} s.`;
    },
  );

  server.registerTool(
    'failing_job',
    {
      description: 'Ends with an error for the model; a task or nothing.',
      ...runsAsTask({ ...QUICK, required: true }),
    },
    async (ctx) => {
      await sleep(1000, undefined, { signal: ctx.signal });
      return { isError: true, content: [{ type: 'text', text: 'The job has failed, as it always does.' }] };
    },
  );

  server.registerTool(
    'protocol_error_job',
    { description: 'Ends with a protocol error.', ...runsAsTask(QUICK) },
    async (ctx) => {
      await sleep(100, undefined, { signal: ctx.signal });
      throw new ProtocolError(-32603, 'The job cannot be done here.');
    },
  );
}

function addQuestions(server: Server): void {
  server.registerTool(
    'confirm_delete',
    {
      description: 'Asks before it pretends to delete a file.',
      inputSchema: z.object({ filename: z.string().default('file.txt') }),
      ...runsAsTask(QUICK),
    },
    async ({ filename }, ctx) => {
      const requestedSchema = z.object({ confirm: z.boolean() });
      const answer = await ctx.elicit({ message: `Delete ${filename}?`, requestedSchema });
      if (answer.action !== 'accept' || !answer.content.confirm) return `Kept ${filename}.`;
      return taskOf(ctx).step('delete', () => `Deleted ${filename}.`);
    },
  );

  server.registerTool(
    'multi_input',
    { description: 'Asks two questions at the same time.', ...runsAsTask(QUICK) },
    async (ctx) => {
      const [name, confirm] = await Promise.all([
        ctx.elicit({ message: 'Your name?', requestedSchema: z.object({ name: z.string() }) }),
        ctx.elicit({ message: 'Are you sure?', requestedSchema: z.object({ confirm: z.boolean() }) }),
      ]);
      return `The answers: ${name.action} and ${confirm.action}.`;
    },
  );

  server.registerTool(
    'test_tool_with_task',
    {
      description: 'Asks for a name while the caller waits, and goes on as a task.',
      ...runsAsTask({
        ...QUICK,
        required: true,
        before: (_args: unknown, ctx: RequestContext) => askName(ctx),
      }),
    },
    async (ctx) => {
      const name = await taskOf(ctx).before(() => askName(ctx));
      return `The task was made for ${name}.`;
    },
  );
}

async function askName(ctx: RequestContext): Promise<string> {
  const question = { message: 'What is your name?', requestedSchema: z.object({ name: z.string() }) };
  const answer = await ctx.elicit(question, { key: 'user_name' });
  return answer.action === 'accept' ? answer.content.name : 'somebody';
}
