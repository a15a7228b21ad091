import { createClient, inProcessLink, ProtocolError } from '@switchyard/client';
import { idempotencyKey, isTask, tasks } from '@switchyard/client/tasks';
import { createServer, ProtocolError as ServerError } from '@switchyard/server';
import { memoryTaskStore, runsAsTask, tasks as serveTasks, taskOf } from '@switchyard/tasks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

const NAME = z.object({ name: z.string() });

/** Three instances with one store behind a round robin, a client of them, and what has happened. */
function fleet(handlers: Parameters<typeof createClient>[0]['handlers'] = {}) {
  const store = memoryTaskStore();
  const log: string[] = [];
  const servers = [0, 1, 2].map(() => {
    const server = createServer({ name: 'fleet', version: '1.0.0' }, { onWarning: () => undefined });
    server.registerExtension(serveTasks({ store, pollMs: 50 }));
    const quick = runsAsTask({ pollIntervalMs: 100 });
    server.registerTool('greet', { ...quick, outputSchema: z.object({ hello: z.string() }) }, async (ctx) => {
      const task = taskOf(ctx);
      await task.step('prepare', () => log.push('prepare'));
      task.progress('about to ask');
      const first = await ctx.elicit({ message: 'First?', requestedSchema: NAME });
      const last = await ctx.elicit({ message: 'Last?', requestedSchema: NAME });
      const of = (answer: typeof first) => (answer.action === 'accept' ? answer.content.name : answer.action);
      return { structuredContent: { hello: `${of(first)} ${of(last)}` } };
    });
    server.registerTool('wait', quick, async (ctx) => {
      const { signal } = taskOf(ctx);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      log.push('stopped');
      return 'stopped';
    });
    server.registerTool('broken', quick, () => {
      throw new ServerError(4711, 'out of order');
    });
    server.registerTool('count', quick, () => {
      log.push('counted');
      return 'counted';
    });
    return server;
  });
  let turn = 0;
  const link = inProcessLink(async (request) => {
    const server = servers[turn++ % servers.length];
    if (server === undefined) throw new Error('There is no instance.');
    return server.fetch(request);
  });
  const states: string[] = [];
  const work = tasks({ onUpdate: ({ status, statusMessage }) => states.push(statusMessage ?? status) });
  const client = createClient({ link, extensions: [work], handlers });
  onTestFinished(async () => {
    await client.close();
    await Promise.all(servers.map((server) => server.close({ timeoutMs: 100 })));
  });
  return { client, work, log, states };
}

describe('our own three instances, as tasks', () => {
  it('simply give the result, and ask each question once [TASK-03] [TASK-13] [TASK-15]', async () => {
    const asked: string[] = [];
    const { client, log, states } = fleet({
      elicit: ({ message }) => {
        asked.push(message);
        return { action: 'accept', content: { name: message } };
      },
    });
    await client.listTools();
    const { structuredContent } = await client.callTool('greet');
    expect(structuredContent).toEqual({ hello: 'First? Last?' });
    expect([asked, log]).toEqual([['First?', 'Last?'], ['prepare']]);
    expect(states).toContain('about to ask');
  });

  it('cancel the work of a call that is given up', async () => {
    const { client, log } = fleet();
    const leaving = new AbortController();
    const call = client.callTool('wait', {}, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 250);
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(() => log).toEqual(['stopped']);
  });

  it('tell of a failure as of that of a call, and of a task that nobody knows as of none', async () => {
    const { client, work } = fleet();
    await expect(client.callTool('broken')).rejects.toMatchObject({ code: 4711, message: 'out of order' });
    const unknown = work.resume({ taskId: 'nobody-knows-this-one', name: 'count' });
    await expect(unknown.result()).rejects.toBeInstanceOf(ProtocolError);
    await expect(unknown.cancel()).rejects.toMatchObject({ code: -32602 });
  });

  it('make one task of one key', async () => {
    const { client, work, log } = fleet();
    const [one, two] = await Promise.all([
      work.start('count', {}, { idempotencyKey: 'order-7' }),
      work.start('count', {}, { idempotencyKey: 'order-7' }),
    ]);
    if (!isTask(one) || !isTask(two)) throw new Error('They are no tasks.');
    expect(two.taskId).toBe(one.taskId);
    await Promise.all([one.result(), two.result(), client.callTool('count', {}, idempotencyKey('order-7'))]);
    expect(log).toEqual(['counted']);
    await client.callTool('count', {}, idempotencyKey('order-8'));
    expect(log).toEqual(['counted', 'counted']);
  });
});
