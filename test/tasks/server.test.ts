import { ProtocolError, ToolError } from '@switchyard/server';
import { memoryTaskStore, runsAsTask } from '@switchyard/tasks';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { everywhere, overHttp } from '../support/matrix.ts';
import { addAsking, callForTask, KNOWING, pollUntil, TASKS, textOf, withTasks } from './on-server.ts';

everywhere('a server with tasks', (start, way) => {
  it('says so, and nothing of what tasks were before [TASK-02]', async () => {
    const peer = await start(withTasks(addAsking));
    const { result } = await peer.call('server/discover');
    expect(result['capabilities']).toMatchObject({ extensions: { [TASKS]: {} } });
    expect(result['capabilities']).not.toHaveProperty('tasks');
  });

  it('gives a handle, flat, that every instance knows at once [TASK-06] [TASK-08] [TASK-25]', async () => {
    const peer = await start(
      withTasks((server) =>
        server.registerTool(
          'wait',
          runsAsTask({ ttlMs: 60_000, pollIntervalMs: 250 }),
          () => new Promise(() => undefined),
        ),
      ),
    );
    const { result } = await peer.call('tools/call', { name: 'wait' }, KNOWING);
    expect(result).toEqual({
      _meta: expect.anything(),
      resultType: 'task',
      taskId: expect.stringMatching(/^[\w-]{43,}$/),
      status: 'working',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      lastUpdatedAt: result['createdAt'],
      ttlMs: 60_000,
      pollIntervalMs: 250,
    });
    for (let time = 0; time < 6; time += 1) {
      const { _meta, ...seen } = (await peer.call('tasks/get', { taskId: result['taskId'] }, KNOWING)).result;
      const { _meta: __, ...made } = result;
      expect(seen).toEqual({ ...made, resultType: 'complete' });
    }
    await peer.call('tasks/cancel', { taskId: result['taskId'] }, KNOWING);
    await Promise.all(peer.servers.map((server) => server.close({ timeoutMs: 10 })));
  });

  it('runs the same handler at once for callers who do not know tasks [TASK-01] [TASK-34]', async () => {
    const peer = await start(withTasks(addAsking));
    for (const more of [{}, { tasks: { requests: { tools: { call: {} } } } }]) {
      const capabilities = { elicitation: { form: {} }, ...more };
      const asked = await peer.call('tools/call', { name: 'ask' }, { capabilities, progressToken: 'p' });
      expect(asked.result['resultType']).toBe('input_required');
      const responses = { 'elicitation-1': { action: 'accept', content: { text: 'abc' } } };
      const params = { name: 'ask', inputResponses: responses, requestState: asked.result['requestState'] };
      const done = await peer.call('tools/call', params, { capabilities });
      expect(done.result).toMatchObject({
        resultType: 'complete',
        content: [{ text: 'abc has 3 characters' }],
      });
    }
  });

  it('refuses, for a tool that is a task or nothing, callers who do not know tasks [TASK-05]', async () => {
    const peer = await start(
      withTasks((server) => server.registerTool('job', runsAsTask({ required: true }), () => 'done')),
    );
    const { response } = await peer.call('tools/call', { name: 'job' });
    expect(response.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
    });
    expect(textOf(await pollUntil(peer, await callForTask(peer, 'job'), 'completed'))).toBe('done');
  });

  it('answers with what comes of a call, by status [TASK-10] [TASK-28] [TASK-37]', async () => {
    const peer = await start(
      withTasks((server) => {
        server.registerTool('result', { outputSchema: z.object({ n: z.number() }), ...runsAsTask() }, () => ({
          structuredContent: { n: 1 },
        }));
        server.registerTool('error', runsAsTask(), () => {
          throw new ToolError('Say it better.');
        });
        server.registerTool('protocol', runsAsTask(), () => {
          throw new ProtocolError(4711, 'Not here.', { why: 'so' });
        });
      }),
    );
    const result = await pollUntil(peer, await callForTask(peer, 'result'), 'completed');
    expect(result).toMatchObject({ resultType: 'complete', result: { structuredContent: { n: 1 } } });
    expect(result['result']).toHaveProperty('resultType', 'complete');
    expect(result['result']).not.toHaveProperty('_meta');
    for (const member of ['error', 'inputRequests', 'requestState'])
      expect(result).not.toHaveProperty(member);
    const error = await pollUntil(peer, await callForTask(peer, 'error'), 'completed');
    expect(error['result']).toEqual({
      resultType: 'complete',
      content: [{ type: 'text', text: 'Say it better.' }],
      isError: true,
    });
    const protocol = await pollUntil(peer, await callForTask(peer, 'protocol'), 'failed');
    expect(protocol).toMatchObject({
      statusMessage: 'Not here.',
      error: { code: 4711, message: 'Not here.', data: { why: 'so' } },
    });
    for (const member of ['result', 'inputRequests']) expect(protocol).not.toHaveProperty(member);
  });

  it('cancels with an empty answer, once or more often [TASK-19]', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    await pollUntil(peer, taskId, 'input_required');
    for (let time = 0; time < 2; time += 1) {
      const { result } = await peer.call('tasks/cancel', { taskId }, KNOWING);
      expect(Object.keys(result).sort()).toEqual(['_meta', 'resultType']);
    }
    const seen = await pollUntil(peer, taskId, 'cancelled');
    expect(seen).not.toHaveProperty('inputRequests');
  });

  it('has one answer for ids that do not exist, whatever is asked [TASK-21]', async () => {
    const peer = await start(withTasks(addAsking));
    for (const [method, more] of [
      ['tasks/get', {}],
      ['tasks/update', { inputResponses: {} }],
      ['tasks/cancel', {}],
    ] as const) {
      const { code, why } = await peer.call(method, { taskId: 'nothing', ...more }, KNOWING);
      expect([method, code, why]).toEqual([method, -32602, 'There is no such task.']);
    }
    for (const [method, params] of [
      ['tasks/get', {}],
      ['tasks/update', { taskId: 'x' }],
      ['tasks/update', { taskId: 'x', inputResponses: [] }],
      ['tasks/cancel', { taskId: 7 }],
    ] as readonly (readonly [string, Readonly<Record<string, unknown>>])[]) {
      // Over HTTP the header, which could not be made of it, is looked at first.
      const bad = typeof params['taskId'] !== 'string' && way !== 'stdio' ? -32020 : -32602;
      expect((await peer.call(method, params, KNOWING)).code).toBe(bad);
    }
  });

  it('serves task methods only to requests that declare the extension [TASK-22] [TASK-33]', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    await pollUntil(peer, taskId, 'input_required');
    for (const [method, more] of [
      ['tasks/get', {}],
      ['tasks/update', { inputResponses: {} }],
      ['tasks/cancel', {}],
    ] as const) {
      const { response } = await peer.call(method, { taskId, ...more });
      expect(response.error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
      });
    }
    for (const method of ['tasks/result', 'tasks/list'])
      expect((await peer.call(method, { taskId }, KNOWING)).code).toBe(-32601);
    const task = { ttl: 1, pollInterval: 2 };
    const { result } = await peer.call('tools/call', { name: 'ask', task }, KNOWING);
    expect([result['ttlMs'], result['pollIntervalMs']]).toEqual([86_400_000, 1000]);
  });

  it('says at once what is wrong with arguments, and makes no task of them', async () => {
    const peer = await start(
      withTasks((server) =>
        server.registerTool(
          'sum',
          { inputSchema: z.object({ n: z.number() }), ...runsAsTask() },
          ({ n }) => `${n}`,
        ),
      ),
    );
    const { result } = await peer.call('tools/call', { name: 'sum', arguments: { n: 'x' } }, KNOWING);
    expect(result).toMatchObject({ resultType: 'complete', isError: true });
    expect(textOf(await pollUntil(peer, await callForTask(peer, 'sum', { n: 2 }), 'completed'))).toBe('2');
  });

  it('makes a task of some calls only, where its author says so', async () => {
    const inputSchema = z.object({ rows: z.number() });
    const when = ({ rows }: { rows: number }) => rows > 10;
    const peer = await start(
      withTasks((server) =>
        server.registerTool('load', { inputSchema, ...runsAsTask({ when }) }, ({ rows }) => `${rows} rows`),
      ),
    );
    const few = await peer.call('tools/call', { name: 'load', arguments: { rows: 3 } }, KNOWING);
    expect(few.result).toMatchObject({ resultType: 'complete', content: [{ text: '3 rows' }] });
    expect(textOf(await pollUntil(peer, await callForTask(peer, 'load', { rows: 30 }), 'completed'))).toBe(
      '30 rows',
    );
  });

  it('makes one task of a call that comes twice under one key', async () => {
    const peer = await start(withTasks(addAsking));
    const options = (key: string) => ({ ...KNOWING, meta: { 'dev.switchyard/idempotency-key': key } });
    const one = await callForTask(peer, 'ask', {}, options('a'));
    expect(await callForTask(peer, 'ask', {}, options('a'))).toBe(one);
    expect(await callForTask(peer, 'ask', {}, options('b'))).not.toBe(one);
    expect(await callForTask(peer, 'ask')).not.toBe(one);
  });

  it('tells callers when there are too many tasks', async () => {
    const peer = await start(withTasks(addAsking, { limits: { livePerOwner: 1 } }));
    await callForTask(peer, 'ask');
    const { code, why } = await peer.call('tools/call', { name: 'ask' }, KNOWING);
    expect([code, why]).toEqual([-32603, expect.stringContaining('too many tasks')]);
  });

  it('asks nothing that the caller of the task cannot be asked', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask', {}, { capabilities: { extensions: { [TASKS]: {} } } });
    expect(await pollUntil(peer, taskId, 'failed')).toMatchObject({ error: { code: -32021 } });
  });

  it('keeps what went wrong inside to itself', async () => {
    const peer = await start(
      withTasks((server) =>
        server.registerTool('broken', runsAsTask({ attempts: 1 }), () => {
          throw new Error('secret-database-password');
        }),
      ),
    );
    const seen = await pollUntil(peer, await callForTask(peer, 'broken'), 'failed');
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(peer.errors.splice(0)).toMatchObject([{ error: { message: 'secret-database-password' } }]);
  });
});

overHttp('a server with tasks', (start) => {
  it('holds the headers of task methods to the body [TASK-32]', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    for (const headers of [
      { 'mcp-name': undefined },
      { 'mcp-name': 'other' },
      { 'mcp-method': 'tasks/cancel' },
    ]) {
      const { status, code } = await peer.call('tasks/get', { taskId }, { ...KNOWING, headers });
      expect([status, code]).toEqual([400, -32020]);
    }
    expect((await peer.call('tasks/get', { taskId })).status).toBe(400);
    expect((await peer.call('tasks/list', {}, KNOWING)).status).toBe(404);
    expect((await peer.call('tasks/get', { taskId: 'x' }, KNOWING)).status).toBe(200);
  });

  it('gives a task to whoever made it, and to nobody else [TASK-36]', async () => {
    const store = memoryTaskStore();
    const peer = await start((base) => {
      const build = withTasks(addAsking, { store });
      return build({
        ...base,
        authenticate: ({ header }) => {
          const [subject = '', client = ''] = (header('authorization') ?? '')
            .replace('Bearer ', '')
            .split('.');
          return { issuer: 'https://issuer.example', subject, client, scopes: [] };
        },
      });
    });
    const as = (token: string) => ({ ...KNOWING, token });
    const taskId = await callForTask(peer, 'ask', {}, as('ann.app'));
    expect(taskId).toMatch(/^[\w-]{22,}$/);
    expect((await peer.call('tasks/get', { taskId }, as('ann.app'))).code).toBeUndefined();
    for (const token of ['bob.app', 'ann.other', '.']) {
      for (const [method, more] of [
        ['tasks/get', {}],
        ['tasks/update', { inputResponses: {} }],
        ['tasks/cancel', {}],
      ] as const) {
        const { code, why } = await peer.call(method, { taskId, ...more }, as(token));
        expect([code, why]).toEqual([-32602, 'There is no such task.']);
      }
    }
    expect((await peer.call('tasks/get', { taskId }, as('ann.app'))).result['status']).not.toBe('cancelled');
  });

  it('does not cancel a task over a request that was cancelled [TASK-20]', async () => {
    const peer = await start(withTasks(addAsking));
    const taskId = await callForTask(peer, 'ask');
    const notification = {
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 1, _meta: {} },
    };
    await peer.post(JSON.stringify(notification), { 'mcp-method': 'notifications/cancelled' });
    await pollUntil(peer, taskId, 'input_required');
  });
});

describe('ids of tasks', () => {
  it('cannot be guessed [TASK-35]', async () => {
    const { systemEnvironment } = await import('../../packages/tasks/src/engine/environment.ts');
    for (const [bits, length] of [
      [128, 22],
      [256, 43],
    ] as const) {
      const ids = Array.from({ length: 500 }, () => systemEnvironment.randomId(bits));
      expect(ids.every((id) => /^[\w-]+$/.test(id) && id.length === length)).toBe(true);
      for (let at = 0; at < length - 1; at += 1)
        expect(new Set(ids.map((id) => id[at])).size).toBeGreaterThan(50);
    }
  });
});
