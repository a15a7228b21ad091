import type { TaskRun } from '@switchyard/tasks';
import { describe, expect, it } from 'vitest';
import { OWNER, saying, World } from './world.ts';

const REQUEST = { owner: OWNER, tool: 'tool', params: { name: 'tool' } };

describe('an engine', () => {
  it('runs a task and keeps its result', async () => {
    const world = new World();
    const { engine } = world.instance();
    engine.handle('tool', (run) => saying(`${run.attempt} ${JSON.stringify(run.params)} ${run.context}`));
    engine.start();
    const { task, created } = await engine.create({ ...REQUEST, context: 'c' });
    expect([created, task.status]).toEqual([true, 'working']);
    await world.pass();
    const seen = await world.see(task.id);
    expect(seen.status).toBe('completed');
    expect(JSON.parse(seen.result ?? '')).toEqual({
      resultType: 'complete',
      content: [{ type: 'text', text: '1 {"name":"tool"} c' }],
    });
  });

  it('runs on any instance that has the handler, and not where there is none', async () => {
    const world = new World();
    const [maker, other, idle] = [world.instance(), world.instance(), world.instance()];
    for (const { engine } of [other, idle]) engine.start();
    maker.engine.handle('tool', () => saying('never: it was not started'));
    other.engine.handle('tool', () => saying('other'));
    const { task } = await maker.engine.create(REQUEST);
    await world.pass();
    expect((await world.see(task.id)).result).toContain('other');
    await expect(idle.engine.create(REQUEST)).rejects.toThrow(TypeError);
  });

  it('holds to its room, and takes what waits when there is some again', async () => {
    const world = new World();
    const { engine } = world.instance({ concurrency: 2 });
    const open: (() => void)[] = [];
    engine.handle('tool', async () => {
      await new Promise<void>((resolve) => open.push(resolve));
      return saying('done');
    });
    engine.start();
    for (let at = 0; at < 5; at += 1) await engine.create(REQUEST);
    await world.pass();
    expect(open).toHaveLength(2);
    open[0]?.();
    await world.pass();
    expect(open).toHaveLength(3);
    for (let at = 0; at < 5; at += 1) {
      open[at]?.();
      await world.pass();
    }
    expect(await world.store.stats()).toEqual([]);
  });

  it('holds to the concurrency of a tool over all instances', async () => {
    const world = new World();
    let running = 0;
    let most = 0;
    for (let at = 0; at < 3; at += 1) {
      const { engine, environment } = world.instance();
      const handler = async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => environment.after(100, resolve));
        running -= 1;
        return saying('done');
      };
      engine.handle('tool', handler, { concurrency: 2 });
      engine.start();
      for (let n = 0; n < 4; n += 1) await engine.create(REQUEST);
    }
    await world.pass(20_000);
    expect([most, running]).toEqual([2, 0]);
    expect(await world.store.stats()).toEqual([]);
  });

  it('does not do a step again that is done, and does one again that was not kept', async () => {
    const world = new World();
    const [first, second] = [world.instance(), world.instance()];
    const done: string[] = [];
    const handler = (name: string) => async (run: TaskRun) => {
      const one = await run.step('one', ({ idempotencyKey }) => {
        done.push(`${name} one`);
        return { key: idempotencyKey };
      });
      const two = await run.step('two', async () => {
        done.push(`${name} two`);
        if (name === 'first') await new Promise(() => undefined);
        return 2;
      });
      return saying(JSON.stringify([run.attempt, one.key === `${run.id}:one`, two]));
    };
    first.engine.handle('tool', handler('first'));
    second.engine.handle('tool', handler('second'));
    first.engine.start();
    await world.pass();
    const { task } = await first.engine.create(REQUEST);
    await world.pass();
    first.kill();
    second.engine.start();
    await world.pass(9_000);
    expect(done).toEqual(['first one', 'first two']);
    await world.pass(2_100);
    expect(done).toEqual(['first one', 'first two', 'second two']);
    expect((await world.see(task.id)).result).toContain('[2,true,2]');
  });

  it('lets an instance that froze, and was taken over, write nothing; and tells its handler', async () => {
    const world = new World();
    const [first, second] = [world.instance(), world.instance()];
    let reason: unknown;
    let wrote: unknown = 'yes';
    first.engine.handle('tool', async (run) => {
      run.signal.addEventListener('abort', () => {
        reason = run.signal.reason;
      });
      await new Promise<void>((resolve) => first.environment.after(30_000, resolve));
      wrote = await run.step('late', () => 1).catch((error: unknown) => error);
      return saying('first');
    });
    second.engine.handle('tool', () => saying('second'));
    first.engine.start();
    await world.pass();
    const { task } = await first.engine.create(REQUEST);
    await world.pass(100);
    first.freeze();
    second.engine.start();
    await world.pass(12_000);
    expect((await world.see(task.id)).result).toContain('second');
    const { version } = await world.see(task.id);
    first.thaw();
    await world.pass(40_000);
    expect(reason).toMatchObject({ name: 'TaskInterrupted', code: 'lost' });
    expect(wrote).toMatchObject({ name: 'TaskInterrupted', code: 'lost' });
    expect((await world.see(task.id)).version).toBe(version);
  });

  it('keeps the lease of what takes long', async () => {
    const world = new World();
    const [first, second] = [world.instance(), world.instance()];
    first.engine.handle('tool', async () => {
      await new Promise<void>((resolve) => first.environment.after(60_000, resolve));
      return saying('first');
    });
    second.engine.handle('tool', () => saying('second'));
    first.engine.start();
    await world.pass();
    const { task } = await first.engine.create(REQUEST);
    second.engine.start();
    await world.pass(61_000);
    const { result, token, attempts } = await world.see(task.id);
    expect([result?.includes('first'), token, attempts]).toEqual([true, 1, 0]);
  });

  it('gives up, when it closes, what it was just being given', async () => {
    const world = new World();
    const { engine } = world.instance();
    engine.handle('tool', () => saying('never'));
    let answer: () => void = () => undefined;
    const { claim } = world.store;
    const asked = new Promise<void>((resolve) => {
      Reflect.set(world.store, 'claim', async (wish: Parameters<typeof claim>[0]) => {
        const claimed = await claim.call(world.store, wish);
        resolve();
        await new Promise<void>((go) => {
          answer = go;
        });
        return claimed;
      });
    });
    const { task } = await engine.create(REQUEST);
    engine.start();
    await asked;
    let isClosed = false;
    const closed = engine.close().then(() => {
      isClosed = true;
    });
    await world.pass(10);
    expect(isClosed).toBe(false);
    answer();
    await world.pass(10);
    await closed;
    expect(await world.see(task.id)).toMatchObject({
      status: 'working',
      worker: null,
      attempts: 0,
      token: 1,
    });
  });
});
