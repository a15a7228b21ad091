import type { Server } from '@switchyard/server';
import { memoryTaskStore, runsAsTask, taskOf } from '@switchyard/tasks';
import { expect, it } from 'vitest';
import { everywhere } from '../support/matrix.ts';
import type { Message } from '../support/messages.ts';
import { META_SUBSCRIPTION } from '../support/messages.ts';
import type { Opened, Peer } from '../support/peer.ts';
import { addAsking, callForTask, KNOWING, pollUntil, TASKS, withTasks } from './on-server.ts';

everywhere('listening to tasks', (start, way) => {
  it('tells of every state, from the one at the beginning on [TASK-29]', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    await pollUntil(peer, taskId, 'input_required');
    const stream = await listen(peer, [taskId], 'L');
    const asked = await stream.next();
    const { _meta, ...params } = asked.params ?? {};
    expect([asked.method, _meta]).toEqual(['notifications/tasks', { [META_SUBSCRIPTION]: 'L' }]);
    const { resultType, _meta: __, ...got } = (await peer.call('tasks/get', { taskId }, KNOWING)).result;
    expect(params).toEqual(got);
    const inputResponses = { 'elicitation-1': { action: 'accept', content: { text: 'four' } } };
    await peer.call('tasks/update', { taskId, inputResponses }, KNOWING);
    const last = await until(stream, 'completed');
    expect(last).toMatchObject({ taskId, result: { content: [{ text: 'four has 4 characters' }] } });
    stream.leave();
  });

  it('tells of a task that is over, once', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    await peer.call('tasks/cancel', { taskId }, KNOWING);
    await pollUntil(peer, taskId, 'cancelled');
    const stream = await listen(peer, [taskId, taskId], 'L');
    expect((await stream.next()).params).toMatchObject({ status: 'cancelled' });
    stream.leave();
  });

  it('agrees on tasks of the caller alone, and says which', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    const stream = await peer.open(
      'subscriptions/listen',
      { notifications: { taskIds: ['x', taskId] } },
      KNOWING,
    );
    expect((await stream.next()).params).toMatchObject({ notifications: { taskIds: [taskId] } });
    stream.leave();
  });

  it('ends in good order where the caller has none of the tasks, and stays where something else is followed', async () => {
    const peer = await start(withTasks(addAsking));
    for (const taskIds of [['x', 'y'], []]) {
      const none = await peer.open('subscriptions/listen', { notifications: { taskIds } }, KNOWING);
      expect((await none.next()).params).toMatchObject({ notifications: { taskIds: [] } });
      if (way === 'stdio') expect(await none.next()).toMatchObject({ method: 'notifications/cancelled' });
      expect(await none.next()).toMatchObject({ result: { resultType: 'complete' } });
    }
    const notifications = { taskIds: ['x'], toolsListChanged: true };
    const lists = await peer.open('subscriptions/listen', { notifications }, KNOWING);
    expect((await lists.next()).params).toMatchObject({
      notifications: { taskIds: [], toolsListChanged: true },
    });
    for (const server of peer.servers) server.registerTool('more', {}, () => 'more');
    expect((await lists.next()).method).toBe('notifications/tools/list_changed');
    lists.leave();
  });

  it('refuses requests that do not declare the extension, and wishes that are none [TASK-22]', async () => {
    const peer = await start(withTasks(addAsking, { followed: 2 }));
    const { response } = await peer.call('subscriptions/listen', { notifications: { taskIds: ['x'] } });
    expect(response.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
    });
    for (const taskIds of ['x', [7], { x: true }, ['a', 'b', 'c']]) {
      const { code } = await peer.call('subscriptions/listen', { notifications: { taskIds } }, KNOWING);
      expect(code).toBe(-32602);
    }
  });

  it('asks for the declaration before it looks at the rest of the filter [TASK-22]', async () => {
    const peer = await start(withTasks(addAsking, { followed: 2 }));
    const others = { toolsListChanged: 1, resourceSubscriptions: [7] };
    for (const taskIds of [[], ['x'], 'x', null]) {
      const notifications = { ...others, taskIds };
      expect((await peer.call('subscriptions/listen', { notifications })).code).toBe(-32021);
      expect((await peer.call('subscriptions/listen', { notifications }, KNOWING)).code).toBe(-32602);
    }
    for (const notifications of [undefined, null, 'taskIds', [{ taskIds: ['x'] }]])
      expect((await peer.call('subscriptions/listen', { notifications })).code).toBe(-32602);
  });

  it('sends nothing else for a task, to nobody [TASK-30]', async () => {
    const addChatty = (server: Server) =>
      server.registerTool('chatty', runsAsTask(), async (ctx) => {
        ctx.progress(1, 2, 'half-way');
        taskOf(ctx).progress('nearly');
        ctx.log('error', 'loud');
        return 'done';
      });
    const peer = await start((base) => withTasks(addChatty, { store })({ ...base, logging: true }));
    const call = await peer.call(
      'tools/call',
      { name: 'chatty' },
      { ...KNOWING, progressToken: 'p', logLevel: 'debug' },
    );
    expect(call.notifications).toEqual([]);
    const stream = await listen(peer, [String(call.result['taskId'])], 'L');
    const seen: Message[] = [];
    do seen.push(await stream.next());
    while (seen.at(-1)?.params?.['status'] !== 'completed');
    expect(new Set(seen.map(({ method }) => method))).toEqual(new Set(['notifications/tasks']));
    stream.leave();
  });
});

const store = memoryTaskStore();

async function listen(peer: Peer, taskIds: readonly string[], id: string): Promise<Opened> {
  const stream = await peer.open('subscriptions/listen', { notifications: { taskIds } }, { ...KNOWING, id });
  expect((await stream.next()).params).toMatchObject({
    notifications: { taskIds: [...new Set(taskIds)] },
    _meta: { [META_SUBSCRIPTION]: id },
  });
  return stream;
}

/** The params of the first notification with this status. */
async function until(stream: Opened, status: string): Promise<unknown> {
  for (;;) {
    const { params } = await stream.next();
    if (params?.['status'] === status) return params;
  }
}
