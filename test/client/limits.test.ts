import type { ClientOptions } from '@switchyard/client';
import { ClientError, createClient } from '@switchyard/client';
import { describe, expect, it } from 'vitest';
import type { Script } from './scripted.ts';
import { Answered, FakeClock, scripted, turns } from './scripted.ts';

const DONE = { content: [] };
const NEVER: Script = ({ wire }) =>
  new Promise((_, reject) => wire.signal?.addEventListener('abort', () => reject(wire.signal?.reason)));
const broken = (mayHaveRun: boolean) => new ClientError('interrupted', 'broken', { mayHaveRun });

function setUp(script: Script, options: Omit<ClientOptions, 'link'> = {}) {
  const environment = new FakeClock();
  const { link, received } = scripted(script);
  return { client: createClient({ link, environment, cache: false, ...options }), received, environment };
}

/** Fails some times, then answers. */
const failing = (times: number, error: () => Error): Script => {
  return (_, turn) => {
    if (turn <= times) throw error();
    return { ...DONE, tools: [], prompts: [] };
  };
};

describe('limits of time', () => {
  it('end one attempt, and cancel its request', async () => {
    const { client, received, environment } = setUp(NEVER);
    const call = expect(client.callTool('t', {}, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timeout',
      mayHaveRun: true,
    });
    await environment.pass(100);
    await call;
    expect(received).toHaveLength(1);
    expect(received[0]?.wire.signal?.aborted).toBe(true);
    expect(environment.timers).toBe(0);
  });

  it('begin anew with progress, the one over all never [CANCEL-021]', async () => {
    const { client, received, environment } = setUp(NEVER);
    const options = { timeoutMs: 100, totalTimeoutMs: 250, onProgress: () => undefined };
    const call = expect(client.callTool('t', {}, options)).rejects.toMatchObject({ code: 'timeout' });
    await turns();
    const report = (progress: number, token?: number) => {
      const { id, notify } = received[0]?.wire ?? {};
      notify?.({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: token ?? id, progress },
      });
    };
    await environment.pass(90);
    report(1);
    await environment.pass(90);
    report(2);
    await environment.pass(69);
    expect(environment.timers).toBe(1);
    report(3, 999);
    await environment.pass(1);
    await call;
  });

  it('do not begin anew where that is not wanted', async () => {
    const { client, received, environment } = setUp(NEVER, { timeouts: { progressResetsTimeout: false } });
    const call = client.callTool('t', {}, { timeoutMs: 100, onProgress: () => undefined });
    const failed = expect(call).rejects.toMatchObject({ code: 'timeout' });
    await environment.pass(90);
    const { id, notify } = received[0]?.wire ?? {};
    notify?.({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: id, progress: 1 },
    });
    await environment.pass(10);
    await failed;
  });
});

describe('a repetition', () => {
  it('comes for what only reads, after pauses that grow', async () => {
    const { client, received, environment } = setUp(failing(2, () => broken(true)));
    const list = client.listTools();
    await environment.pass(124);
    expect(received).toHaveLength(1);
    await environment.pass(1);
    expect(received).toHaveLength(2);
    await environment.pass(250);
    await list;
    expect(new Set(received.map(({ wire }) => wire.id)).size).toBe(3);
  });

  it('never comes for a tool that may have run, unless it says that it may be repeated', async () => {
    const plain = setUp(failing(1, () => broken(true)));
    await expect(plain.client.callTool('t')).rejects.toMatchObject({ code: 'interrupted' });
    expect(plain.received).toHaveLength(1);
    const asked = setUp(failing(1, () => broken(true)));
    const repeated = asked.client.callTool('t', {}, { repeatable: true });
    await asked.environment.pass(1000);
    await repeated;
  });

  it('comes for tools whose annotations allow it, unless they are not believed [TOOL-022]', async () => {
    for (const [hint, annotatedTools, wanted] of [
      ['idempotentHint', true, 2],
      ['readOnlyHint', true, 2],
      ['destructiveHint', true, 1],
      ['idempotentHint', false, 1],
    ] as const) {
      let calls = 0;
      const tools = [{ name: 't', inputSchema: { type: 'object' }, annotations: { [hint]: true } }];
      const { client, environment } = setUp(
        ({ method }) => {
          if (method === 'tools/list') return { tools };
          calls += 1;
          if (calls === 1) throw broken(true);
          return DONE;
        },
        { retry: { annotatedTools } },
      );
      await client.listTools();
      const call = client.callTool('t').catch(() => undefined);
      await environment.pass(1000);
      await call;
      expect([hint, calls]).toEqual([hint, wanted]);
    }
  });

  it('comes for any tool that was not reached', async () => {
    const { client, received, environment } = setUp(failing(1, () => new ClientError('network', 'refused')));
    const call = client.callTool('t');
    await environment.pass(1000);
    await call;
    expect(received).toHaveLength(2);
  });

  it('does not hide that an earlier attempt may have run', async () => {
    const ends: readonly [end: Error, told: object][] = [
      [new ClientError('network', 'refused'), { code: 'network', mayHaveRun: true }],
      [
        new ClientError('http-status', 'busy', { status: 429, retryAfterMs: 1 }),
        { status: 429, retryAfterMs: 1, mayHaveRun: true },
      ],
      [
        new Answered(-32603, { status: 429, data: 'busy' }),
        { code: -32603, data: 'busy', status: 429, earlierMayHaveRun: true },
      ],
    ];
    for (const [end, told] of ends) {
      const { client, environment } = setUp((_, turn) => {
        throw turn === 1 ? broken(true) : end;
      });
      const call = expect(client.callTool('t', {}, { repeatable: true, retries: 1 })).rejects.toMatchObject(
        told,
      );
      await environment.pass(60_000);
      await call;
    }
    const refused = setUp(failing(9, () => new ClientError('network', 'refused')));
    const call = expect(refused.client.callTool('t')).rejects.toMatchObject({ mayHaveRun: false });
    await refused.environment.pass(60_000);
    await call;
  });

  it('waits as long as the server asks, but not for ever', async () => {
    const busy = (retryAfterMs: number) => () =>
      new ClientError('http-status', 'busy', { status: 429, retryAfterMs });
    const { client, received, environment } = setUp(failing(1, busy(3000)));
    const call = client.callTool('t');
    await environment.pass(2999);
    expect(received).toHaveLength(1);
    await environment.pass(1);
    await call;
    const long = setUp(failing(1, busy(3_600_000)));
    await expect(long.client.callTool('t')).rejects.toMatchObject({ status: 429 });
  });

  it('does not come for an answer, nor more often than it may', async () => {
    const said = setUp(failing(1, () => new Answered(-32602)));
    await expect(said.client.listTools()).rejects.toMatchObject({ code: -32602 });
    expect(said.received).toHaveLength(1);
    const always = setUp(failing(9, () => broken(true)));
    const list = expect(always.client.listTools({ retries: 3 })).rejects.toMatchObject({
      code: 'interrupted',
    });
    await always.environment.pass(60_000);
    await list;
    expect(always.received).toHaveLength(4);
  });

  it('is given up with its signal', async () => {
    const { client, received, environment } = setUp(failing(9, () => broken(true)));
    const controller = new AbortController();
    const list = expect(client.listTools({ signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await turns();
    controller.abort();
    await list;
    await environment.pass(60_000);
    expect(received).toHaveLength(1);
    expect(environment.timers).toBe(0);
  });

  it.each([true, false])(
    'is given up with its signal, and says whether the first may have run: %s',
    async (mayHaveRun) => {
      const { client } = setUp(failing(9, () => broken(mayHaveRun)));
      const controller = new AbortController();
      const options = { signal: controller.signal, repeatable: true };
      const call = expect(client.callTool('t', {}, options)).rejects.toMatchObject({
        code: 'aborted',
        mayHaveRun,
      });
      await turns();
      controller.abort();
      await call;
    },
  );
});
