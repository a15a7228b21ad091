import { ClientError, createClient, ProtocolError } from '@switchyard/client';
import { idempotencyKey, isTask, tasks } from '@switchyard/client/tasks';
import { describe, expect, it } from 'vitest';
import { Answered, FakeClock, scripted } from '../scripted.ts';
import { asking, DONE, form, ID, type Json, type Say, taskServer, WORKING } from './task-server.ts';

const TEXT = [{ type: 'text', text: 'done' }];
const failed = (code: number) => ({ status: 'failed', error: { code, message: 'broken', data: { why: 1 } } });
const after =
  (turns: number, state: Json): Say =>
  (turn) =>
    turn > turns ? state : WORKING;

describe('a call that becomes a task', () => {
  it('simply gives its result, and declares the extension on every request [TASK-03] [TASK-24] [TASK-31]', async () => {
    const { client, settled, received } = taskServer({ get: after(3, DONE) });
    const result = await settled(client.callTool('slow', { n: 1 }));
    expect(result).toEqual({ resultType: 'complete', content: TEXT });
    expect(received.map(({ method }) => method)).toEqual([
      'tools/call',
      ...Array(1).fill('tasks/get'),
      'subscriptions/listen',
      ...Array(3).fill('tasks/get'),
    ]);
    for (const { params } of received)
      expect(params['_meta']).toMatchObject({
        'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
      });
  });

  it('is also answered at once, where the server will [TASK-03]', async () => {
    const { client, sent } = taskServer({ created: { resultType: 'complete', content: TEXT } });
    expect((await client.callTool('quick')).content).toEqual(TEXT);
    expect(sent('tasks/get')).toEqual([]);
  });

  it.each(['completed', 'failed', 'cancelled'])(
    'is looked at at once where it is made %s',
    async (status) => {
      const state =
        { completed: DONE, failed: failed(-32603), cancelled: { status: 'cancelled' } }[status] ?? {};
      const { client, environment, sent } = taskServer({ created: { status }, get: state });
      await client.callTool('slow').catch(() => undefined);
      expect([sent('tasks/get').length, environment.timers]).toEqual([1, 0]);
    },
  );

  it('may be over as it is made, and brings what came of it when it is asked for once', async () => {
    const { client, sent, environment } = taskServer({ created: { status: 'completed' }, get: DONE });
    const call = client.callTool('slow');
    await environment.pass(0);
    expect((await call).content).toEqual(DONE.result.content);
    expect(sent('tasks/get')).toHaveLength(1);
  });

  it('may want answers without having a question, and is asked for again', async () => {
    const { client, sent, settled } = taskServer({ get: (turn) => (turn < 3 ? asking({}) : DONE) });
    expect((await settled(client.callTool('slow'))).content).toEqual(DONE.result.content);
    expect([sent('tasks/get').length, sent('tasks/update').length]).toEqual([3, 0]);
  });

  it('may ask many questions at a time', async () => {
    const keys = Array.from({ length: 60 }, (_, at) => `q${at}`);
    const all = Object.fromEntries(keys.map((key) => [key, form(key)]));
    const { client, sent, settled } = taskServer(
      { get: (_, count) => (count('tasks/update') < keys.length ? asking(all) : DONE) },
      { handlers: { elicit: () => ({ action: 'decline' }) } },
    );
    await settled(client.callTool('slow'));
    const answered = sent('tasks/update').flatMap(({ params }) =>
      Object.keys(Object(params['inputResponses'])),
    );
    expect(answered.sort()).toEqual([...keys].sort());
  });

  it('is asked for at the pace that it wants by then [TASK-23]', async () => {
    const hints: (number | undefined)[] = [undefined, 0, 50, 5_000, 10_000_000, 400];
    const { client, environment, sent } = taskServer({
      get: (turn) =>
        turn > hints.length
          ? DONE
          : { ...WORKING, ...(hints[turn - 1] === undefined ? {} : { pollIntervalMs: hints[turn - 1] }) },
    });
    const call = client.callTool('slow');
    const waits: number[] = [];
    for (let asked = 1; asked <= hints.length + 1; asked += 1) {
      await environment.pass(0);
      waits.push(environment.nextIn);
      await environment.pass(environment.nextIn);
      expect(sent('tasks/get')).toHaveLength(asked);
    }
    await call;
    expect(waits).toEqual([1_000, 1_000, 100, 100, 5_000, 300_000, 400]);
  });

  it.each([
    [0, 900],
    [0.999_999, 1_100],
  ])('is asked for a little earlier or later than others (%d)', async (chance, wait) => {
    const { client, environment } = taskServer({});
    environment.chance = chance;
    const call = client.callTool('slow', {}, { signal: AbortSignal.timeout(10_000) });
    call.catch(() => undefined);
    await environment.pass(0);
    expect(Math.round(environment.nextIn)).toBe(wait);
    await client.close();
    await expect(call).rejects.toMatchObject({ code: 'closed' });
  });

  it('fails as the call would have, with the code and data of the server', async () => {
    const { client, settled } = taskServer({ get: failed(-32050) });
    const call = settled(client.callTool('slow'));
    await expect(call).rejects.toBeInstanceOf(ProtocolError);
    await expect(call).rejects.toMatchObject({ code: -32050, message: 'broken', data: { why: 1 } });
  });

  it('gives the failure of a tool as its result, and tolerates the resultType of the inner one', async () => {
    const result = { resultType: 'complete', content: TEXT, isError: true };
    const { client, settled } = taskServer({ get: { status: 'completed', result, odd: true } });
    expect(await settled(client.callTool('slow'))).toEqual(result);
  });

  it('fails where it was cancelled by somebody else', async () => {
    const { client, settled } = taskServer({ get: { status: 'cancelled' } });
    await expect(settled(client.callTool('slow'))).rejects.toMatchObject({ code: 'task-cancelled' });
  });

  it('is held to the output schema of its tool', async () => {
    const tools = [
      {
        name: 'slow',
        inputSchema: { type: 'object' },
        outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
      },
    ];
    const result = { content: [], structuredContent: { sum: 'three' } };
    const { client, settled } = taskServer({ tools, get: { status: 'completed', result } });
    await client.listTools();
    await expect(settled(client.callTool('slow'))).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it.each<[string, Json]>([
    ['another task', { ...WORKING, taskId: 'task-2' }],
    ['an unknown status', { status: 'paused' }],
    ['completion without a result', { status: 'completed' }],
    ['failure without an error', { status: 'failed' }],
    ['a result that is a task', { status: 'completed', result: { resultType: 'task' } }],
    ['a result without content', { status: 'completed', result: {} }],
    ['questions that are none', { status: 'input_required', inputRequests: { a: { method: 'x/y' } } }],
    ['no questions', { status: 'input_required' }],
    ['no ttlMs', { status: 'working', ttlMs: undefined }],
    ['a task again', { resultType: 'task', status: 'working' }],
  ])('is given up where the server says %s [TASK-04]', async (_what, state) => {
    const { client, settled } = taskServer({ get: { ...state, odd: true } });
    await expect(settled(client.callTool('slow'))).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it.each<[string, Json]>([
    ['no id', { taskId: '' }],
    ['a number for an id', { taskId: 7 }],
    ['an endless id', { taskId: 'x'.repeat(5_000) }],
    ['no status', { status: 'started' }],
    ['a ttl in words', { ttlMs: 'long' }],
    ['no time', { createdAt: 0 }],
  ])('is none with %s', async (_what, created) => {
    const { client } = taskServer({ created: { resultType: 'task', ...created } });
    await expect(client.callTool('slow')).rejects.toMatchObject({ code: 'invalid-response' });
  });

  it('is an error where nobody speaks of tasks, or the method cannot become one [TASK-04]', async () => {
    const task = {
      resultType: 'task',
      taskId: ID,
      status: 'working',
      createdAt: '',
      lastUpdatedAt: '',
      ttlMs: null,
    };
    const { link } = scripted(() => task);
    const plain = createClient({ link, environment: new FakeClock() });
    await expect(plain.callTool('slow')).rejects.toMatchObject({ code: 'invalid-response' });
    const able = createClient({ link, environment: new FakeClock(), extensions: [tasks()] });
    await expect(able.getPrompt('slow')).rejects.toMatchObject({ code: 'invalid-response' });
    await expect(able.readResource('a:b')).rejects.toMatchObject({ code: 'invalid-response' });
  });
});

describe('a server that is not there for a while', () => {
  it('is asked again, ever more slowly, and nothing is lost', async () => {
    const { client, environment, sent, settled } = taskServer(
      {
        get: (turn) =>
          turn > 1 && turn <= 6 ? new Answered(-32603, { status: 503 }) : turn > 6 ? DONE : WORKING,
      },
      { timeouts: { retries: 0 } },
    );
    const call = client.callTool('slow');
    await environment.pass(1_000);
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      waits.push(Math.round(environment.nextIn));
      await environment.pass(environment.nextIn);
    }
    await settled(call);
    expect(sent('tasks/get')).toHaveLength(7);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBeGreaterThan(10_000);
  });

  it('is heeded where it says when to come back', async () => {
    const { client, environment } = taskServer(
      {
        get: (turn) => (turn === 1 ? new Answered(-32603, { status: 429, retryAfterMs: 45_000 }) : DONE),
      },
      { timeouts: { retries: 0 } },
    );
    const call = client.callTool('slow');
    await environment.pass(1_000);
    expect(environment.nextIn).toBe(45_000);
    await environment.pass(45_000);
    await call;
  });

  it('is given up in the end, but not before', async () => {
    const { client, environment, settled } = taskServer(
      { get: new Answered(-32603, { status: 502 }) },
      { timeouts: { retries: 0 } },
      { maxOutageMs: 120_000 },
    );
    const started = environment.now();
    await expect(settled(client.callTool('slow'), 5_000)).rejects.toMatchObject({ status: 502 });
    expect(environment.now() - started).toBeGreaterThanOrEqual(120_000);
  });

  it.each([-32602, -32601, -32021].flatMap((code) => [200, 400, 404].map((status) => ({ code, status }))))(
    'is not asked again where it says $code, with whatever status ($status)',
    async ({ code, status }) => {
      const { client, sent, settled } = taskServer({ get: new Answered(code, { status }) });
      await expect(settled(client.callTool('slow'))).rejects.toMatchObject({ code });
      expect(sent('tasks/get')).toHaveLength(1);
    },
  );

  it('forgets a task whose time is over', async () => {
    const { client, settled } = taskServer({
      created: { ttlMs: 10_000 },
      get: (turn) => (turn > 12 ? new Answered(-32602) : { ...WORKING, ttlMs: 10_000 }),
    });
    await expect(settled(client.callTool('slow'))).rejects.toMatchObject({ code: 'task-expired' });
  });

  it('is not waited for without end where it keeps a task beyond its time', async () => {
    const { client, environment, settled } = taskServer({ get: { ...WORKING, ttlMs: 10_000 } });
    const started = environment.now();
    await expect(settled(client.callTool('slow'), 2_000)).rejects.toMatchObject({ code: 'task-expired' });
    expect(environment.now() - started).toBeGreaterThan(70_000);
  });
});

describe('a call that is given up', () => {
  it('has its task cancelled, by the method for that [TASK-20]', async () => {
    const { client, environment, received, sent } = taskServer({});
    const leaving = new AbortController();
    const call = client.callTool('slow', {}, { signal: leaving.signal });
    const refused = expect(call).rejects.toMatchObject({ code: 'aborted', mayHaveRun: true });
    await environment.pass(2_500);
    leaving.abort();
    await environment.pass(0);
    await refused;
    expect(sent('tasks/cancel').map(({ params }) => params['taskId'])).toEqual([ID]);
    const before = received.length;
    await environment.pass(60_000);
    expect(received).toHaveLength(before);
    expect(environment.timers).toBe(0);
  });

  it('is over even where the server cannot be told', async () => {
    const { client, environment } = taskServer({ cancel: () => new Promise<never>(() => undefined) });
    const leaving = new AbortController();
    const call = client.callTool('slow', {}, { signal: leaving.signal });
    const refused = expect(call).rejects.toMatchObject({ code: 'aborted' });
    await environment.pass(1_500);
    leaving.abort();
    await environment.pass(5_000);
    await refused;
  });

  it('ends with the client, and leaves no timer behind', async () => {
    const { client, environment } = taskServer({});
    const call = client.callTool('slow');
    const refused = expect(call).rejects.toMatchObject({ code: 'closed' });
    await environment.pass(1_500);
    await client.close();
    await refused;
    await environment.pass(0);
    expect(environment.timers).toBe(0);
  });
});

describe('the extension', () => {
  it('serves one client, and none before it has one', () => {
    const extension = tasks();
    expect(() => extension.resume('{}')).toThrow(TypeError);
    const { link } = scripted(() => ({}));
    createClient({ link, extensions: [extension] });
    expect(() => createClient({ link, extensions: [extension] })).toThrow(TypeError);
  });

  it('tells of every state, and shows of a message what can be shown [TASK-38]', async () => {
    const told: unknown[] = [];
    const evil = 'half\u001b[2J done\u202e\u0000';
    const { client, settled } = taskServer(
      { get: (turn) => (turn === 1 ? { ...WORKING, statusMessage: evil + 'x'.repeat(9_000) } : DONE) },
      {},
      {
        onUpdate: ({ status, statusMessage }, { name }) =>
          told.push([name, status, statusMessage?.slice(0, 14), statusMessage?.length]),
      },
    );
    await settled(client.callTool('slow'));
    expect(told).toEqual([
      ['slow', 'working', undefined, undefined],
      ['slow', 'working', 'half [2J done ', 2_000],
      ['slow', 'completed', undefined, undefined],
    ]);
  });

  it('marks a call whose repetition is to find the same task', async () => {
    const { client, extension, sent } = taskServer({ created: { resultType: 'complete', content: TEXT } });
    const meta = { 'dev.switchyard/idempotency-key': 'order-7' };
    await client.callTool('pay', {}, idempotencyKey('order-7'));
    await extension.start('pay', {}, { idempotencyKey: 'order-7', meta: { 'example.com/x': 1 } });
    const metas = sent('tools/call').map(({ params }) => params['_meta']);
    expect(metas[0]).toMatchObject(meta);
    expect(metas[1]).toMatchObject({ ...meta, 'example.com/x': 1 });
  });

  it.each([{}, { taskId: ID, serialize: 'x', updates: ['y'] }])(
    'hands out no task where there is none, whatever else the result holds (%j)',
    async (more) => {
      const { extension } = taskServer({ created: { resultType: 'complete', content: TEXT, ...more } });
      const result = await extension.start('quick');
      expect(isTask(result)).toBe(false);
    },
  );

  it('asks nothing of a server whose questions it cannot answer', async () => {
    const { client, settled } = taskServer({ get: asking({ q: form() }) });
    const error: unknown = await settled(client.callTool('slow')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ code: 'input-unsupported' });
  });
});
