import type { TaskRun } from '@switchyard/tasks';
import { describe, expect, it } from 'vitest';
import { accept, OWNER, question, saying, World } from './world.ts';

const REQUEST = { owner: OWNER, tool: 'tool', params: { name: 'tool' } };

describe('questions of a task', () => {
  it('are shown together, and answered in any order', async () => {
    const world = new World();
    const { engine } = world.instance();
    let runs = 0;
    engine.handle('tool', async (run) => {
      runs += 1;
      const answers = await Promise.all([
        run.ask(question('one')),
        run.ask(question('two'), { key: 'second' }),
      ]);
      return saying(JSON.stringify(answers));
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass();
    const asked = await world.see(task.id);
    expect([asked.status, asked.worker]).toEqual(['input_required', null]);
    expect(asked.open.map(({ key }) => key)).toEqual(['elicitation-1', 'second']);
    await engine.answer(task.id, OWNER, { second: { action: 'decline' } });
    await world.pass(100);
    expect((await world.see(task.id)).open.map(({ key }) => key)).toEqual(['elicitation-1']);
    await engine.answer(task.id, OWNER, { 'elicitation-1': { action: 'accept', content: { text: 'a' } } });
    await world.pass(100);
    const seen = await world.see(task.id);
    expect(seen.status).toBe('completed');
    expect(JSON.parse(JSON.parse(seen.result ?? '').content[0].text)).toEqual([
      accept('a'),
      { action: 'decline' },
    ]);
    expect(runs).toBe(1);
  });

  it('may be answered days later, on another instance, and are not asked again', async () => {
    const world = new World();
    const rarely = { pollMs: 600_000, sweepMs: 600_000 };
    const [first, second] = [world.instance(rarely), world.instance(rarely)];
    const log: string[] = [];
    const handler = (name: string) => async (run: TaskRun) => {
      await run.step('before', () => void log.push(`${name} before`) as never);
      const one = await run.ask(question('one'));
      await run.step('between', () => void log.push(`${name} between`) as never);
      const two = await run.ask(question('two'));
      return saying(JSON.stringify([one, two, run.attempt]));
    };
    first.engine.handle('tool', handler('first'), { ttlMs: null });
    second.engine.handle('tool', handler('second'), { ttlMs: null });
    first.engine.start();
    const { task } = await first.engine.create(REQUEST);
    await world.pass(100);
    await first.engine.answer(task.id, OWNER, { 'elicitation-1': { action: 'cancel' } });
    await world.pass(100);
    expect((await world.see(task.id)).open.map(({ key }) => key)).toEqual(['elicitation-2']);
    first.kill();
    second.engine.start();
    await world.pass(3 * 86_400_000);
    await second.engine.answer(task.id, OWNER, { 'elicitation-2': { action: 'decline' } });
    await world.pass(100);
    expect(log).toEqual(['first before', 'first between']);
    const { result } = await world.see(task.id);
    expect(JSON.parse(JSON.parse(result ?? '').content[0].text)).toEqual([
      { action: 'cancel' },
      { action: 'decline' },
      1,
    ]);
  });

  it('unwind a run that is not kept in memory any longer, and a new run goes on', async () => {
    const world = new World();
    const { engine } = world.instance({ parkMs: 1_000 });
    const log: string[] = [];
    engine.handle('tool', async (run) => {
      log.push('begin');
      try {
        return saying(JSON.stringify(await run.ask(question('one'))));
      } finally {
        log.push(`end ${run.signal.aborted}`);
      }
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(2_000);
    expect(log).toEqual(['begin', 'end true']);
    expect((await world.see(task.id)).status).toBe('input_required');
    await engine.answer(task.id, OWNER, { 'elicitation-1': { action: 'decline' } });
    await world.pass(100);
    expect(log).toEqual(['begin', 'end true', 'begin', 'end false']);
    expect((await world.see(task.id)).status).toBe('completed');
  });

  it('are shown while a step goes on, and answered meanwhile', async () => {
    const world = new World();
    const { engine, environment } = world.instance();
    let runs = 0;
    engine.handle('tool', async (run) => {
      runs += 1;
      const long = run.step('long', async () => {
        await new Promise<void>((resolve) => environment.after(5_000, resolve));
        return 'long';
      });
      const answer = await run.ask(question('one'));
      return saying(`${JSON.stringify(answer)} ${await long}`);
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(1_000);
    const asked = await world.see(task.id);
    expect([asked.status, asked.worker === null]).toEqual(['input_required', false]);
    await engine.answer(task.id, OWNER, { 'elicitation-1': { action: 'decline' } });
    await world.pass(100);
    expect((await world.see(task.id)).status).toBe('working');
    await world.pass(5_000);
    expect([(await world.see(task.id)).status, runs]).toEqual(['completed', 1]);
  });

  it('get a key of their own where a later run asks something else under an old one [TASK-12]', async () => {
    const world = new World();
    const { engine } = world.instance({ parkMs: 0 });
    let runs = 0;
    engine.handle('tool', async (run) => {
      runs += 1;
      await run.ask(question(`delete file ${runs}?`), { key: 'sure' });
      await run.ask(question('last'));
      return saying('done');
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(100);
    const keys = async () => (await world.see(task.id)).open.map(({ key }) => key);
    expect(await keys()).toEqual(['sure']);
    await engine.answer(task.id, OWNER, { sure: { action: 'accept' } });
    await world.pass(100);
    expect([await keys(), runs]).toEqual([['sure.2'], 2]);
  });

  it('are dropped when the task is cancelled', async () => {
    const world = new World();
    const { engine } = world.instance();
    let reason: unknown;
    engine.handle('tool', async (run) => {
      try {
        await run.ask(question('one'));
      } catch (error) {
        reason = error;
      }
      return saying('never');
    });
    engine.start();
    const { task } = await engine.create(REQUEST);
    await world.pass(100);
    expect(await engine.cancel(task.id, OWNER)).toBe('cancelled');
    await world.pass(100);
    expect(reason).toMatchObject({ name: 'TaskInterrupted', code: 'cancelled' });
    expect((await world.see(task.id)).status).toBe('cancelled');
  });
});
