import { TaskInterrupted, TaskLimitError } from '@switchyard/tasks';
import { ProtocolError } from '@switchyard/wire';
import { describe, expect, it } from 'vitest';
import { OWNER, question, saying, World } from './world.ts';

const REQUEST = { owner: OWNER, tool: 'tool', params: { name: 'tool' } };

describe('a run', () => {
  it('tries again what threw, with growing waits, and then fails it visibly', async () => {
    const world = new World();
    const { engine } = world.instance();
    const at: number[] = [];
    engine.handle(
      'tool',
      () => {
        at.push(world.now);
        throw new Error('secret-database-password');
      },
      { attempts: 4, backoff: { baseMs: 100, factor: 3, maxMs: 500, jitter: 0 } },
    );
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass();
    expect((await world.see(task.id)).statusMessage).toBe(
      'attempt 1 of 4 failed; the next one begins in 1 s',
    );
    await world.pass(5_000);
    expect(at.slice(1).map((time, n) => time - (at[n] ?? 0))).toEqual([100, 300, 500]);
    const seen = await world.see(task.id);
    expect([seen.status, seen.statusMessage]).toEqual(['failed', 'failed after 4 attempts']);
    expect(JSON.parse(seen.error ?? '')).toMatchObject({ code: -32603 });
    expect(JSON.stringify(seen)).not.toContain('secret');
    expect(world.errors).toHaveLength(4);
  });

  it('does not try again what the policy does not, nor what the handler answers with [TASK-27]', async () => {
    const world = new World();
    const { engine } = world.instance();
    let runs = 0;
    const throwing = (error: unknown) => () => {
      runs += 1;
      throw error;
    };
    engine.handle('final', throwing(new RangeError('x')), {
      retryIf: (error) => !(error instanceof RangeError),
    });
    engine.handle('answer', throwing(new ProtocolError(4711, 'Not here.', { why: 'so' })));
    engine.start();
    const final = await engine.create({ ...REQUEST, tool: 'final' });
    const answer = await engine.create({ ...REQUEST, tool: 'answer' });
    await world.pass(1_000);
    expect(runs).toBe(2);
    expect((await world.see(final.task.id)).status).toBe('failed');
    const seen = await world.see(answer.task.id);
    expect([seen.status, seen.statusMessage]).toEqual(['failed', 'Not here.']);
    expect(JSON.parse(seen.error ?? '')).toEqual({
      code: 4711,
      message: 'Not here.',
      data: { why: 'so' },
    });
  });

  it('gives up a task that kills its workers', async () => {
    const world = new World();
    let runs = 0;
    const instances = Array.from({ length: 4 }, () => world.instance());
    for (const instance of instances) {
      instance.engine.handle(
        'tool',
        async () => {
          runs += 1;
          instance.kill();
          return saying('never');
        },
        { attempts: 3 },
      );
    }
    instances[0]?.engine.start();
    await world.pass();
    const { task } = (await instances[0]?.engine.create(REQUEST)) ?? {};
    for (const { engine } of instances) engine.start();
    await world.pass(60_000);
    const seen = await world.see(task?.id ?? '');
    expect([runs, seen.status, seen.statusMessage]).toEqual([3, 'failed', 'given up after 3 attempts']);
  });

  it('cancels: the handler is told, and the task settles', async () => {
    const world = new World();
    const { engine, environment } = world.instance();
    engine.handle('tool', async ({ signal }) => {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
      return saying('never');
    });
    engine.handle('stubborn', async () => {
      await new Promise<void>((resolve) => environment.after(3_600_000, resolve));
      return saying('never');
    });
    engine.start();
    const tasks = [await engine.create(REQUEST), await engine.create({ ...REQUEST, tool: 'stubborn' })];
    await world.pass();
    for (const { task } of tasks) expect(await engine.cancel(task.id, OWNER)).toBe('requested');
    await world.pass();
    const [one, two] = await world.store.get(tasks.map(({ task }) => task.id));
    expect([one?.status, two?.status]).toEqual(['cancelled', 'working']);
    await world.pass(5_000);
    expect((await world.see(two?.id ?? '')).status).toBe('cancelled');
    expect(world.errors).toEqual([]);
  });

  it('cancels what a dead instance was asked to cancel', async () => {
    const world = new World();
    const [first, second] = [world.instance(), world.instance()];
    for (const { engine } of [first, second]) engine.handle('tool', () => new Promise(() => undefined));
    first.engine.start();
    await world.pass();
    const { task } = await first.engine.create(REQUEST);
    first.kill();
    expect(await second.engine.cancel(task.id, OWNER)).toBe('requested');
    second.engine.start();
    await world.pass(12_000);
    expect((await world.see(task.id)).status).toBe('cancelled');
  });

  it('breaks off a run that takes too long, and counts an attempt', async () => {
    const world = new World();
    const { engine } = world.instance({ graceMs: 50 });
    const reasons: unknown[] = [];
    engine.handle(
      'tool',
      async ({ signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reasons.push(signal.reason);
        throw signal.reason;
      },
      { runMs: 500, attempts: 2, backoff: { baseMs: 0 } },
    );
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(3_000);
    expect(reasons.map((reason) => reason instanceof TaskInterrupted && reason.code)).toEqual([
      'time-limit',
      'time-limit',
    ]);
    const { status, statusMessage } = await world.see(task.id);
    expect([status, statusMessage]).toEqual(['failed', 'took too long after 2 attempts']);
  });

  it('shows progress, the last message of a moment', async () => {
    const world = new World();
    const { engine, environment } = world.instance();
    engine.handle('tool', async (run) => {
      for (let at = 0; at < 10; at += 1) {
        run.progress(`row ${at}\u0000\ud800`);
        await new Promise<void>((resolve) => environment.after(150, resolve));
      }
      run.progress('almost');
      return saying('done');
    });
    engine.start();
    const messages: (string | undefined)[] = [];
    engine.subscribe(({ id }) => void world.see(id).then((task) => messages.push(task.statusMessage)));
    await engine.create(REQUEST);
    await world.pass(2_000);
    expect(messages.filter((text) => text !== undefined)).toEqual(['row 0 \ufffd', 'row 6 \ufffd', 'almost']);
  });

  it('gives its work to others when it closes, without an attempt', async () => {
    const world = new World();
    const [first, second] = [world.instance(), world.instance()];
    let reason: unknown;
    first.engine.handle('tool', async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      reason = signal.reason;
      return saying('first');
    });
    second.engine.handle('tool', (run) => saying(`second, attempt ${run.attempt}`));
    first.engine.start();
    second.engine.start();
    const { task } = await first.engine.create(REQUEST);
    await world.pass();
    const closed = first.engine.close({ timeoutMs: 300 });
    await world.pass(300);
    await closed;
    await world.pass();
    expect(reason).toMatchObject({ code: 'closing' });
    expect((await world.see(task.id)).result).toContain('second, attempt 1');
  });

  it('waits, when it closes, for what ends soon', async () => {
    const world = new World();
    const { engine, environment } = world.instance();
    engine.handle('tool', async () => {
      await new Promise<void>((resolve) => environment.after(200, resolve));
      return saying('done');
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass();
    const closed = engine.close();
    await world.pass(200);
    await closed;
    expect((await world.see(task.id)).status).toBe('completed');
  });

  it('makes one task of an idempotency key, and refuses the key for something else', async () => {
    const world = new World();
    const { engine } = world.instance();
    let runs = 0;
    engine.handle('tool', () => {
      runs += 1;
      return saying('done');
    });
    engine.start();
    const params = { name: 'tool', arguments: { a: 1, b: [{ c: 2, d: 3 }] } };
    const one = await engine.create({ ...REQUEST, params, idempotencyKey: 'key' });
    await world.pass();
    const same = { name: 'tool', arguments: { b: [{ d: 3, c: 2 }], a: 1 } };
    const two = await engine.create({ ...REQUEST, params: same, idempotencyKey: 'key' });
    expect([two.created, two.task.id, two.task.status]).toEqual([false, one.task.id, 'completed']);
    const other = { name: 'tool', arguments: { a: 1, b: [{ c: 2, d: 4 }] } };
    await expect(engine.create({ ...REQUEST, params: other, idempotencyKey: 'key' })).rejects.toMatchObject({
      code: 'key-reused',
    });
    await expect(engine.create({ ...REQUEST, idempotencyKey: 'a\nb' })).rejects.toThrow(TypeError);
    await world.pass();
    expect(runs).toBe(1);
  });

  it('holds to its limits', async () => {
    const world = new World();
    const limits = { livePerOwner: 2, paramsSize: 100, resultSize: 50, stepSize: 20, steps: 2, questions: 1 };
    const { engine } = world.instance({ limits });
    const never = () => new Promise<never>(() => undefined);
    engine.handle('never', never);
    engine.handle('result', () => saying('x'.repeat(60)));
    engine.handle('step', async (run) => saying(await run.step('one', () => 'x'.repeat(30))));
    engine.handle('steps', async (run) => {
      for (let at = 0; at < 3; at += 1) await run.step(`${at}`, () => at);
      return saying('');
    });
    engine.handle('ask', async (run) => {
      await Promise.all([run.ask(question('one')), run.ask(question('two'))]);
      return saying('');
    });
    engine.start();
    const big = { owner: 'big', tool: 'never', params: { text: 'x'.repeat(100) } };
    await expect(engine.create(big)).rejects.toMatchObject({ code: 'params-too-large' });
    for (const tool of ['result', 'step', 'steps', 'ask']) {
      const { task } = await engine.create({ owner: tool, tool, params: {} });
      await world.pass(10_000);
      const { status, error } = await world.see(task.id);
      expect([tool, status, error?.includes('-32603')]).toEqual([tool, 'failed', true]);
    }
    await engine.create({ owner: 'many', tool: 'never', params: {} });
    await engine.create({ owner: 'many', tool: 'never', params: {} });
    const third = engine.create({ owner: 'many', tool: 'never', params: {} });
    await expect(third).rejects.toThrow(TaskLimitError);
    await expect(third).rejects.toMatchObject({ code: 'too-many-tasks' });
  });

  it('fails what has expired, not before, and breaks off its run [TASK-26]', async () => {
    const world = new World();
    const { engine } = world.instance();
    let reason: unknown;
    engine.handle(
      'tool',
      async ({ signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reason = signal.reason;
        return saying('late');
      },
      { ttlMs: 20_000, retentionMs: 60_000 },
    );
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(19_900);
    expect((await world.see(task.id)).status).toBe('working');
    await world.pass(6_000);
    const seen = await world.see(task.id);
    expect([seen.status, seen.statusMessage]).toEqual(['failed', 'expired']);
    expect(reason).toMatchObject({ code: 'lost' });
    await world.pass(70_000);
    expect(await world.store.get([task.id])).toEqual([undefined]);
  });

  it('keeps the method of the request that it stands for, whichever that is [TASK-39]', async () => {
    const world = new World();
    const { engine } = world.instance();
    engine.handle('prompt', () => ({ resultType: 'complete', messages: [] }));
    engine.start();
    const { task } = await engine.create({ owner: OWNER, tool: 'prompt', method: 'prompts/get', params: {} });
    await world.pass();
    const { method, result } = await world.see(task.id);
    expect([method, result]).toEqual(['prompts/get', '{"resultType":"complete","messages":[]}']);
  });

  it('fails a task whose handler gives no result, or one that JSON cannot carry', async () => {
    const world = new World();
    const { engine } = world.instance();
    const circle: Record<string, unknown> = { resultType: 'complete' };
    circle['self'] = circle;
    engine.handle('nothing', () => undefined as never);
    engine.handle('circle', () => circle as never);
    engine.start();
    for (const tool of ['nothing', 'circle']) {
      const { task } = await engine.create({ ...REQUEST, tool });
      await world.pass();
      expect(await world.see(task.id)).toMatchObject({ status: 'failed', attempts: 0 });
    }
    expect(world.errors.splice(0)).toHaveLength(2);
  });

  it('stops trying to write once it is closed', async () => {
    const world = new World();
    const { engine, environment } = world.instance();
    let writes = 0;
    Reflect.set(world.store, 'finish', async () => {
      writes += 1;
      throw new Error('connection refused');
    });
    engine.handle('tool', async () => {
      await new Promise<void>((resolve) => environment.after(50, resolve));
      return saying('done');
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(100);
    const closed = engine.close({ timeoutMs: 1_000 });
    await world.pass(2_000);
    await closed;
    const before = writes;
    await world.pass(20_000);
    expect(writes - before).toBeLessThanOrEqual(1);
    expect(await world.see(task.id)).toMatchObject({ status: 'working', worker: null });
  });

  it('goes on when the store was away', async () => {
    const world = new World();
    const instance = world.instance();
    const { engine } = instance;
    let away = false;
    const { saveSteps, finish, claim, heartbeat } = world.store;
    for (const [name, verb] of Object.entries({ saveSteps, finish, claim, heartbeat })) {
      Reflect.set(world.store, name, async (...args: unknown[]) => {
        if (away) throw new Error('connection refused');
        return Reflect.apply(verb, world.store, args);
      });
    }
    let done = 0;
    engine.handle('tool', async (run) => {
      await run.step('one', () => {
        done += 1;
        away = true;
        return 1;
      });
      return saying('done');
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(5_000);
    expect((await world.see(task.id)).status).toBe('working');
    away = false;
    await world.pass(4_000);
    expect([(await world.see(task.id)).status, done]).toEqual(['completed', 1]);
  });
});
