import { TaskStatusNotificationV2Schema } from '@modelcontextprotocol/ext-tasks/core/v2';
import type { TaskHandle, TaskState } from '@switchyard/client/tasks';
import { isTask } from '@switchyard/client/tasks';
import type { CallToolResult } from '@switchyard/wire';
import { META } from '@switchyard/wire';
import { describe, expect, it } from 'vitest';
import type { Received } from '../scripted.ts';
import { Answered, turns } from '../scripted.ts';
import { asking, DONE, detailed, form, ID, type Json, type Say, taskServer, WORKING } from './task-server.ts';

const TEXT = DONE.result.content;

describe('a server that tells of its tasks', () => {
  it('is listened to, and asked now and then only', async () => {
    const stream = streaming();
    const { client, environment, sent } = taskServer({ get: WORKING, listen: stream.listen });
    const call = client.callTool('slow');
    await environment.pass(1_000);
    stream.agree();
    await environment.pass(20_000);
    expect(sent('subscriptions/listen').map(({ params }) => params['notifications'])).toEqual([
      { taskIds: [ID] },
    ]);
    // Once before it tells, once when it begins to.
    expect(sent('tasks/get')).toHaveLength(2);
    await environment.pass(15_000);
    expect(sent('tasks/get')).toHaveLength(3);
    stream.tell(DONE);
    expect((await call).content).toEqual(TEXT);
    await environment.pass(0);
    expect([stream.aborted(), environment.timers]).toEqual([true, 0]);
  });

  it('is listened to from the start where it wants to be asked seldom', async () => {
    const stream = streaming();
    const { client, environment, sent } = taskServer({
      created: { pollIntervalMs: 60_000 },
      get: WORKING,
      listen: stream.listen,
    });
    const call = client.callTool('slow');
    await environment.pass(0);
    expect([sent('subscriptions/listen').length, sent('tasks/get').length]).toEqual([1, 0]);
    stream.agree();
    await environment.pass(0);
    expect(sent('tasks/get')).toHaveLength(1);
    stream.tell(DONE);
    expect((await call).content).toEqual(TEXT);
  });

  it('is asked as ever where it does not tell of this one', async () => {
    const stream = streaming();
    const { client, environment, sent, settled } = taskServer({
      get: (turn) => (turn > 5 ? DONE : WORKING),
      listen: stream.listen,
    });
    const call = client.callTool('slow');
    await environment.pass(1_000);
    stream.agree([]);
    await settled(call);
    expect([sent('subscriptions/listen').length, sent('tasks/get').length]).toEqual([1, 6]);
    expect(stream.aborted()).toBe(true);
  });

  it('is asked at once when the stream was lost, and again while it is down', async () => {
    const stream = streaming();
    const { client, environment, sent } = taskServer({ get: WORKING, listen: stream.listen });
    const call = client.callTool('slow');
    await environment.pass(1_000);
    stream.agree();
    await environment.pass(5_000);
    const before = sent('tasks/get').length;
    stream.end();
    await environment.pass(0);
    expect(sent('tasks/get')).toHaveLength(before + 1);
    await environment.pass(1_000);
    expect(sent('subscriptions/listen')).toHaveLength(2);
    stream.agree();
    await environment.pass(0);
    stream.tell(DONE);
    await call;
  });

  it('is not believed about other tasks, or older states', async () => {
    const warnings: string[] = [];
    const stream = streaming();
    const { client, environment, extension } = taskServer(
      { get: { ...WORKING, lastUpdatedAt: '2026-07-28T00:00:10.000Z' }, listen: stream.listen },
      { onWarning: (text) => warnings.push(text) },
    );
    const handle = await handOut(extension.start('slow'));
    const call = handle.result();
    await environment.pass(1_000);
    stream.agree();
    await environment.pass(100);
    stream.tell({ ...DONE, taskId: 'task-2' });
    stream.tell({ status: 'done' });
    stream.tell(DONE);
    await environment.pass(100);
    expect(handle.status).toBe('working');
    expect(warnings).toHaveLength(2);
    stream.tell(DONE, '2026-07-28T00:00:11.000Z');
    expect((await call).content).toEqual(TEXT);
    await client.close();
  });

  it('tells of questions, too', async () => {
    const stream = streaming();
    const asked: string[] = [];
    const { client, environment, sent } = taskServer(
      { get: WORKING, listen: stream.listen },
      {
        handlers: {
          elicit: ({ message }) => {
            asked.push(message);
            return { action: 'decline' };
          },
        },
      },
    );
    const call = client.callTool('slow');
    await environment.pass(1_000);
    stream.agree();
    await environment.pass(100);
    stream.tell(asking({ a: form('Now?') }));
    stream.tell(asking({ a: form('Now?') }));
    await expect.poll(() => sent('tasks/update').length).toBe(1);
    stream.tell(DONE);
    await call;
    expect(asked).toEqual(['Now?']);
  });

  it('is listened to by a few tasks only, and by none where it cannot be', async () => {
    const stream = streaming();
    const many = taskServer({ get: WORKING, listen: stream.listen }, {}, { maxStreams: 1 });
    const calls = [many.client.callTool('slow'), many.client.callTool('slow')];
    await many.environment.pass(5_000);
    expect(many.sent('subscriptions/listen')).toHaveLength(1);
    await many.client.close();
    await Promise.allSettled(calls);
    const none = taskServer({ get: (turn) => (turn > 3 ? DONE : WORKING) });
    await none.settled(none.client.callTool('slow'));
    await none.settled(none.client.callTool('slow'));
    expect(none.sent('subscriptions/listen')).toHaveLength(1);
    const off = taskServer(
      { get: (turn) => (turn > 3 ? DONE : WORKING), listen: stream.listen },
      {},
      { maxStreams: 0 },
    );
    await off.settled(off.client.callTool('slow'));
    expect(off.sent('subscriptions/listen')).toEqual([]);
  });
});

describe('a task that is handed out', () => {
  it('is not asked about before somebody wants to know', async () => {
    const { environment, extension, received } = taskServer({ get: WORKING });
    const handle = await handOut(extension.start('slow', { n: 1 }));
    await environment.pass(60_000);
    expect(received.map(({ method }) => method)).toEqual(['tools/call']);
    expect([handle.taskId, handle.status, environment.timers]).toEqual([ID, 'working', 0]);
    expect((await handle.look()).status).toBe('working');
  });

  it('tells of its states as they come, to every reader, and ends', async () => {
    const states: Json[] = [WORKING, { ...WORKING, statusMessage: 'half' }, DONE];
    const { extension, settled } = taskServer({ get: (turn) => states[turn - 1] ?? DONE });
    const handle = await handOut(extension.start('slow'));
    const read = async (): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for await (const { status, statusMessage } of handle.updates()) seen.push(statusMessage ?? status);
      return seen;
    };
    const [one, two] = await settled(Promise.all([read(), read()]));
    expect(one).toEqual(['working', 'half', 'completed']);
    expect(two).toEqual(one);
    expect((await handle.result()).content).toEqual(TEXT);
    expect(await read()).toEqual([]);
  });

  it.each<[string, Json, Json]>([
    ['failed', { status: 'failed', error: { code: -32050, message: 'broken' } }, { code: -32050 }],
    ['cancelled', { status: 'cancelled' }, { code: 'task-cancelled' }],
  ])('ends its states without an error where it is %s; the result has it', async (status, state, error) => {
    const { extension, settled } = taskServer({ get: state });
    const handle = await handOut(extension.start('slow'));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const known of handle.updates()) seen.push(known.status);
    })();
    await settled(reading);
    expect(seen).toEqual([status]);
    await expect(handle.result()).rejects.toMatchObject(error);
  });

  it('throws to its readers where it is lost sight of', async () => {
    const { extension, settled } = taskServer({ get: new Answered(-32602) });
    const handle = await handOut(extension.start('slow'));
    const reading = (async () => {
      for await (const _ of handle.updates()) expect.unreachable();
    })();
    await expect(settled(reading)).rejects.toMatchObject({ code: -32602 });
  });

  it('is left to itself by a reader who goes, by a signal, and by stop; it is cancelled by cancel alone', async () => {
    let cancelled = false;
    const { client, environment, extension, sent } = taskServer({
      get: () => (cancelled ? { status: 'cancelled' } : WORKING),
      cancel: () => {
        cancelled = true;
        return {};
      },
    });
    const handle = await handOut(extension.start('slow'));
    const states = handle.updates()[Symbol.asyncIterator]();
    const first = states.next();
    await environment.pass(1_000);
    expect((await first).value).toMatchObject({ status: 'working' });
    await states.return?.();
    const waiting = handle.result({ signal: AbortSignal.abort() });
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    const stopped = handle.result();
    handle.stop();
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    await environment.pass(0);
    expect([sent('tasks/cancel').length, environment.timers]).toEqual([0, 0]);
    const again = extension.resume(handle.serialize());
    const result = again.result();
    result.catch(() => undefined);
    await again.cancel();
    await environment.pass(0);
    await expect(result).rejects.toMatchObject({ code: 'task-cancelled' });
    await client.close();
  });

  it('may yet end otherwise although it was to be cancelled', async () => {
    const { environment, extension } = taskServer({ get: (turn) => (turn > 1 ? DONE : WORKING) });
    const handle = await handOut(extension.start('slow'));
    const result = handle.result();
    await environment.pass(1_000);
    await handle.cancel();
    await environment.pass(0);
    expect((await result).content).toEqual(TEXT);
  });

  it('lets its caller answer by hand, in parts', async () => {
    const get: Say = (_, count) => {
      if (count('tasks/update') === 0) return asking({ a: form('A?'), b: form('B?') });
      return count('tasks/update') === 1 ? asking({ b: form('B?') }) : DONE;
    };
    const { extension, environment, sent } = taskServer({ get });
    const handle = await handOut(extension.start('slow', {}, { input: 'manual' }));
    const states = handle.updates()[Symbol.asyncIterator]();
    const next = async (): Promise<TaskState> => {
      const state = states.next();
      await environment.pass(1_100);
      return (await state).value;
    };
    expect(Object.keys(((await next()) as { inputRequests?: object }).inputRequests ?? {})).toEqual([
      'a',
      'b',
    ]);
    await expect(handle.answer({ c: { action: 'cancel' } })).rejects.toMatchObject({ code: 'invalid-input' });
    await handle.answer({ a: { action: 'decline' } });
    expect(Object.keys(JSON.parse(handle.serialize()).keys)).toEqual(['a']);
    expect(Object.keys(((await next()) as { inputRequests?: object }).inputRequests ?? {})).toEqual(['b']);
    await handle.answer({ b: { action: 'accept', content: { name: 'x' } } });
    expect((await next()).status).toBe('completed');
    expect(sent('tasks/update').map(({ params }) => Object.keys(Object(params['inputResponses'])))).toEqual([
      ['a'],
      ['b'],
    ]);
  });
});

// ---------------------------------------------------------------------------------------------------------------------

/** The stream of a scripted server, in the hands of a test. */
function streaming() {
  let current: { received: Received; end: (result: Json) => void } | undefined;
  const meta = () => ({ _meta: { [META.subscriptionId]: current?.received.wire.id } });
  const send = (method: string, params: Json): void =>
    current?.received.wire.notify?.({ jsonrpc: '2.0', method, params: { ...params, ...meta() } });
  return {
    listen: (received: Received) =>
      new Promise<Json>((resolve, reject) => {
        current = { received, end: resolve };
        received.wire.signal?.addEventListener('abort', () => reject(received.wire.signal?.reason));
      }),
    agree: (taskIds: readonly string[] = [ID]): void =>
      send('notifications/subscriptions/acknowledged', { notifications: { taskIds: [...taskIds] } }),
    tell(state: Json, at?: string): void {
      const params = detailed(state, at);
      if (params['taskId'] === ID && state['status'] !== 'done')
        TaskStatusNotificationV2Schema.parse({
          jsonrpc: '2.0',
          method: 'notifications/tasks',
          params: { ...params, ...meta() },
        });
      send('notifications/tasks', params);
    },
    end: (): void => current?.end(meta()),
    aborted: (): boolean => current?.received.wire.signal?.aborted === true,
  };
}

async function handOut(started: Promise<CallToolResult | TaskHandle>): Promise<TaskHandle> {
  const handle = await started;
  await turns();
  if (!isTask(handle)) throw new Error('It is no task.');
  return handle;
}
