import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NewTask, TaskStore } from '@switchyard/tasks';
import { postgresTaskStore } from '@switchyard/tasks-postgres';
import { sqliteTaskStore } from '@switchyard/tasks-sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NO_POSTGRES, testDatabase } from '../support/postgres.ts';
import { cleanUp, run } from './support/command.ts';

const database = await testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-tasks-'));
const file = path.join(folder, 'tasks.db');
const env = { SWITCHYARD_STORE: `sqlite:${file}` };
let store: TaskStore;

beforeAll(async () => {
  store = sqliteTaskStore({ file, durability: 'process' });
});
afterEach(cleanUp);
afterAll(async () => {
  await store.close();
  await database?.close();
  rmSync(folder, { recursive: true });
});

function task(some: Partial<NewTask>): NewTask {
  return {
    id: crypto.randomUUID(),
    owner: 'owner',
    method: 'tools/call',
    tool: 'import',
    params: '{"name":"import","arguments":{"password":"hunter2"}}',
    context: 'null',
    ttlMs: 3_600_000,
    retentionMs: null,
    pollIntervalMs: 1000,
    priority: 0,
    ...some,
  };
}

/** Makes a task that has done a step, asked and been answered, and failed. */
async function failedTask(where: TaskStore, tool: string): Promise<string> {
  const id = crypto.randomUUID();
  const lease = { id, token: 1 };
  await where.create([task({ id, tool, lease: { worker: 'worker', leaseMs: 60_000 } })]);
  await where.saveSteps([{ lease, name: 'fetch', result: '{"secret":"step"}' }]);
  await where.ask([
    { lease, questions: [{ key: 'q1', request: '{"text":"Go on?"}' }], withdraw: [], suspend: false },
  ]);
  await where.answer({ id, owner: 'owner', answers: { q1: '{"secret":"answer"}' } });
  const statusMessage = 'failed after 5 attempts\u001b[31m';
  await where.finish([{ lease, outcome: { status: 'failed', error: '{"code":-32603}', statusMessage } }]);
  return id;
}

describe('switchyard tasks', () => {
  test('lists tasks in columns, and in pages', async () => {
    const id = await failedTask(store, 'listed');
    await store.create([task({ tool: 'listed' })]);
    const some = ['tasks', 'list', '--tool', 'listed'];
    const { code, out } = await run([...some, '--status', 'failed'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/^ID +STATUS +TOOL +AGE +RUNS +WHAT\n/);
    expect(out).toContain(id);
    expect(out).toContain('failed after 5 attempts\ufffd[31m');
    const first = await run([...some, '--limit', '1'], { env });
    const [, after = ''] = /--after '(.+)'/.exec(first.err) ?? [];
    const second = await run([...some, '--after', after, '--json'], { env });
    const page: unknown = JSON.parse(second.out);
    expect(page).toMatchObject({ tasks: [{ id, status: 'failed', tool: 'listed' }] });
    expect(page).not.toHaveProperty('next');
    expect((await run([...some, '--owner', 'nobody'], { env })).err).toContain('There are no such tasks.');
  });

  test('shows a task with its steps and questions, contents only when asked', async () => {
    const id = await failedTask(store, 'shown');
    const text = await run(['tasks', 'show', id], { env });
    expect(text.out).toMatch(/status +failed: failed after 5 attempts\ufffd\[31m/);
    expect(text.out).toContain('fetch: 17 characters');
    expect(text.out).toContain('q1, answered: asked 17 characters, answered 19 characters');
    const json = await run(['tasks', 'show', id, '--json'], { env });
    for (const { out } of [text, json]) expect(out).not.toMatch(/hunter2|secret|Go on/);
    const all = await run(['tasks', 'show', id, '--json', '--contents'], { env });
    expect(JSON.parse(all.out)).toMatchObject({
      params: { name: 'import', arguments: { password: 'hunter2' } },
      error: { code: -32603 },
      steps: [{ name: 'fetch', result: { secret: 'step' } }],
      questions: [{ key: 'q1', state: 'answered', answer: { secret: 'answer' } }],
    });
    expect((await run(['tasks', 'show', id, '--contents'], { env })).out).toContain('"password": "hunter2"');
    expect(await run(['tasks', 'show', 'nothing'], { env })).toMatchObject({ code: 1, out: '' });
  });

  test('cancels, and says so where it cannot', async () => {
    const [queued, running] = [crypto.randomUUID(), crypto.randomUUID()];
    await store.create([
      task({ id: queued }),
      task({ id: running, lease: { worker: 'worker', leaseMs: 60_000 } }),
    ]);
    const { code, out } = await run(['tasks', 'cancel', queued, running, '--json'], { env });
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        tasks: [
          { id: queued, outcome: 'cancelled' },
          { id: running, outcome: 'requested' },
        ],
      },
    ]);
    const again = await run(['tasks', 'cancel', queued, 'nothing'], { env });
    expect([again.code, again.out]).toEqual([1, `${queued}  was over already\nnothing  is not there\n`]);
  });

  test('retries a failed task as a new one that keeps its steps', async () => {
    const id = await failedTask(store, 'retried');
    const { code, out } = await run(['tasks', 'retry', id], { env });
    expect(code).toBe(0);
    const [, newId = ''] = /goes on as ([\w-]{43})$/m.exec(out) ?? [];
    expect(await store.inspect(newId)).toMatchObject({
      status: 'working',
      steps: { fetch: '{"secret":"step"}' },
    });
    expect(await run(['tasks', 'retry', newId], { env })).toMatchObject({
      code: 1,
      out: `${newId}  is no failed task\n`,
    });
  });

  test('prunes what is over and old enough', async () => {
    const id = await failedTask(store, 'pruned');
    const young = await run(['tasks', 'prune', '--older-than', '1h', '--json'], { env });
    expect(JSON.parse(young.out)).toEqual({ removed: 0 });
    const { out } = await run(['tasks', 'prune', '--older-than', '0s', '--status', 'failed'], { env });
    expect(out).toMatch(/^\d+ tasks? that ended 0 s ago or earlier removed\n$/);
    expect(await store.inspect(id)).toBeUndefined();
    expect((await run(['tasks', 'prune', '--older-than', 'soon'], { env })).err).toContain('30m');
  });

  test.each([
    [[], 'Say where the tasks are'],
    [['--store', 'mysql://root:hunter2@host/db'], 'is neither'],
    [['--store', 'sqlite:none.db'], 'There is no file none.db'],
    [['--store', 'postgres://root:hunter2@127.0.0.1:1/db'], 'PostgreSQL cannot be reached'],
  ])('refuses %j in plain words, without a password', async (args, words) => {
    const { code, out, err } = await run(['tasks', 'list', ...args]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(words);
    expect(err).not.toContain('hunter2');
  });

  test('works on PostgreSQL, and migrates nothing', async ({ skip }) => {
    if (database === undefined) return skip(NO_POSTGRES);
    const schema = database.schema();
    const url = new URL(database.url);
    url.searchParams.set('schema', schema);
    const args = ['tasks', 'list', '--store', url.href];
    expect((await run(args)).err).toContain(`The schema '${schema}' is at migration 0`);
    const other = await postgresTaskStore({ connectionString: database.url, schema, listen: false });
    const id = await failedTask(other, 'import');
    await other.close();
    expect((await run(args)).out).toContain(id);
  });
});
