import { runsAsTask, taskOf } from '@switchyard/tasks';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { everywhere } from '../support/matrix.ts';
import { addAsking, askText, callForTask, KNOWING, pollUntil, textOf, withTasks } from './on-server.ts';

everywhere('a task that asks', (start) => {
  it('asks within the task, and takes the answer [TASK-07] [TASK-11] [TASK-16]', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    const asked = await pollUntil(peer, taskId, 'input_required');
    const [[key, question] = []] = Object.entries(asked['inputRequests'] as object);
    expect(question).toMatchObject({
      method: 'elicitation/create',
      params: { mode: 'form', message: 'Which text?' },
    });
    const inputResponses = { [String(key)]: { action: 'accept', content: { text: 'four' } } };
    const { result } = await peer.call('tasks/update', { taskId, inputResponses }, KNOWING);
    expect(Object.keys(result).sort()).toEqual(['_meta', 'resultType']);
    expect(result['resultType']).toBe('complete');
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('four has 4 characters');
  });

  it('takes answers one by one, and ignores what it did not ask [TASK-17] [TASK-18]', async () => {
    const peer = await start(
      withTasks((server) =>
        server.registerTool('two', runsAsTask(), async (ctx) => {
          const texts = await Promise.all([askText(ctx, 'one'), askText(ctx, 'two')]);
          return texts.join(' and ');
        }),
      ),
    );
    const taskId = await callForTask(peer, 'two');
    const keys = async () =>
      Object.keys((await pollUntil(peer, taskId, 'input_required'))['inputRequests'] as object);
    expect(await keys()).toEqual(['elicitation-1', 'elicitation-2']);
    const update = async (inputResponses: object) => {
      const { code, result } = await peer.call('tasks/update', { taskId, inputResponses }, KNOWING);
      return code ?? result['resultType'];
    };
    const accept = (text: string) => ({ action: 'accept', content: { text } });
    expect(await update({})).toBe('complete');
    expect(await update({ stray: { ignored: true }, 'elicitation-2': accept('second') })).toBe('complete');
    expect(await keys()).toEqual(['elicitation-1']);
    expect(await update({ 'elicitation-2': accept('again') })).toBe('complete');
    expect(await update({ 'elicitation-1': accept('first') })).toBe('complete');
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('first and second');
    expect(await update({ 'elicitation-1': accept('late') })).toBe('complete');
  });

  it('refuses a malformed answer, takes nothing of that update, and goes on asking', async () => {
    const peer = await start(
      withTasks((server) =>
        server.registerTool('two', runsAsTask(), async (ctx) => {
          const texts = await Promise.all([askText(ctx, 'one'), askText(ctx, 'two')]);
          return texts.join(' and ');
        }),
      ),
    );
    const taskId = await callForTask(peer, 'two');
    const before = await pollUntil(peer, taskId, 'input_required');
    const good = { action: 'accept', content: { text: 'good' } };
    const bads = [
      null,
      'yes',
      { action: 'maybe' },
      { action: 'accept', content: { text: 'x' } },
      { action: 'accept' },
    ];
    for (const bad of bads) {
      const inputResponses = { 'elicitation-1': good, 'elicitation-2': bad };
      const { code, why } = await peer.call('tasks/update', { taskId, inputResponses }, KNOWING);
      expect([code, why]).toEqual([-32602, expect.stringContaining('elicitation-2')]);
    }
    const { _meta, ...after } = (await peer.call('tasks/get', { taskId }, KNOWING)).result;
    expect({ ...before, _meta: undefined }).toEqual({ ...after, _meta: undefined });
  });

  it('asks again where an answer fits the form but not what the author makes of it', async () => {
    const peer = await start(
      withTasks((server) =>
        server.registerTool('even', runsAsTask(), async (ctx) => {
          const requestedSchema = z.object({ n: z.number().refine((n) => n % 2 === 0, 'must be even') });
          const answer = await ctx.elicit({ message: 'An even number?', requestedSchema });
          return answer.action === 'accept' ? `${answer.content.n}` : 'none';
        }),
      ),
    );
    const taskId = await callForTask(peer, 'even');
    const accept = (key: string, n: number) =>
      peer.call(
        'tasks/update',
        { taskId, inputResponses: { [key]: { action: 'accept', content: { n } } } },
        KNOWING,
      );
    await pollUntil(peer, taskId, 'input_required');
    await accept('elicitation-1', 3);
    const deadline = Date.now() + 5_000;
    let asked: object = {};
    while (!('elicitation-2' in asked) && Date.now() < deadline)
      asked = ((await pollUntil(peer, taskId, 'input_required'))['inputRequests'] ?? {}) as object;
    expect(Object.values(asked)).toMatchObject([
      { params: { message: expect.stringContaining('must be even') } },
    ]);
    await accept('elicitation-2', 4);
    expect(textOf(await pollUntil(peer, taskId, 'completed'))).toBe('4');
  });

  it('asks first what is to be known before the task is made [TASK-09]', async () => {
    const before = (_args: unknown, ctx: Parameters<typeof askText>[0]) => askText(ctx, 'For whom?');
    const peer = await start(
      withTasks((server) =>
        server.registerTool('make', runsAsTask({ before }), async (ctx) => {
          const task = taskOf(ctx);
          return `made for ${await task.before(() => askText(ctx, 'For whom?'))}, as a task: ${task.id !== undefined}`;
        }),
      ),
    );
    const call = { name: 'make' };
    const asked = await peer.call('tools/call', call, KNOWING);
    expect(asked.result['resultType']).toBe('input_required');
    const inputResponses = { 'elicitation-1': { action: 'accept', content: { text: 'Alice' } } };
    const again = { ...call, inputResponses, requestState: asked.result['requestState'] };
    const { result } = await peer.call('tools/call', again, KNOWING);
    expect(result['resultType']).toBe('task');
    for (const member of ['requestState', 'inputRequests']) expect(result).not.toHaveProperty(member);
    const done = await pollUntil(peer, String(result['taskId']), 'completed');
    expect(textOf(done)).toBe('made for Alice, as a task: true');
    const plain = { capabilities: { elicitation: {} } };
    const inline = await peer.call('tools/call', call, plain);
    const last = await peer.call(
      'tools/call',
      { ...again, requestState: inline.result['requestState'] },
      plain,
    );
    expect(last.result).toMatchObject({ content: [{ text: 'made for Alice, as a task: false' }] });
  });
});
