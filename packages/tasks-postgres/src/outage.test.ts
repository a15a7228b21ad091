import type { NewTask } from '@switchyard/tasks';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NO_POSTGRES, type OwnPostgres, ownPostgres } from '../../../test/support/postgres.ts';
import { claimLock } from './claim.ts';
import { beginAlone } from './database.ts';
import { postgresTaskStore } from './open.ts';

let server: OwnPostgres | undefined;
beforeAll(async () => {
  server = await ownPostgres();
}, 60_000);
afterAll(() => server?.remove());

function task(some: Partial<NewTask> = {}): NewTask {
  return {
    id: crypto.randomUUID(),
    owner: 'owner',
    method: 'tools/call',
    tool: 'tool',
    params: '{}',
    context: 'null',
    ttlMs: null,
    retentionMs: null,
    pollIntervalMs: 1000,
    priority: 0,
    ...some,
  };
}

describe('a database that goes away', { timeout: 60_000 }, () => {
  it('is said to be unavailable, and used and listened to again when it is back', async ({ skip }) => {
    if (server === undefined) return skip(NO_POSTGRES);
    const options = { connectionString: server.url, schema: 'outage', timeoutMs: 3000 };
    const [one, other] = [await postgresTaskStore(options), await postgresTaskStore(options)];
    const kept = task();
    await one.create([kept]);
    await server.kill();
    await expect(one.create([task()])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(one.get([kept.id])).rejects.toMatchObject({ code: 'unavailable' });
    await server.restart();
    await vi.waitFor(async () => expect((await one.get([kept.id]))[0]?.status).toBe('working'), 10_000);
    const told = new Set<string>();
    other.subscribe(({ id }) => told.add(id));
    // Its listening connection comes back by itself, some time later.
    await vi.waitFor(
      async () => {
        const { id } = task();
        await one.create([task({ id })]);
        await vi.waitFor(() => expect(told).toContain(id), 200);
      },
      { timeout: 20_000, interval: 50 },
    );
    await Promise.all([one.close(), other.close()]);
    await expect(one.create([task()])).rejects.toMatchObject({ code: 'closed' });
  });

  it('refuses to open without one, and names no password', async () => {
    const opened = postgresTaskStore({ connectionString: 'postgres://root:hunter2@127.0.0.1:1/none' });
    await expect(opened).rejects.toMatchObject({ code: 'unavailable' });
    await expect(opened).rejects.not.toThrow('hunter2');
  });
});

describe('an instance that is frozen in the middle of a claim', { timeout: 60_000 }, () => {
  it('keeps others from claiming for no longer than a moment', async ({ skip }) => {
    if (server === undefined) return skip(NO_POSTGRES);
    const store = await postgresTaskStore({ connectionString: server.url, schema: 'frozen' });
    await store.create([task()]);
    const frozen = new pg.Client({ connectionString: server.url });
    frozen.on('error', () => undefined);
    await frozen.connect();
    await frozen.query(beginAlone(claimLock('frozen')));
    const wish = { worker: 'w', leaseMs: 60_000, limit: 1, tools: [{ name: 'tool' }], perOwner: 1 };
    expect((await store.claim(wish)).tasks).toHaveLength(1);
    await expect(frozen.query('COMMIT')).rejects.toThrow();
    await store.close();
  });
});

describe('a group of calls', { timeout: 60_000 }, () => {
  it('is not harmed by one item that the database refuses', async ({ skip }) => {
    if (server === undefined) return skip(NO_POSTGRES);
    const store = await postgresTaskStore({ connectionString: server.url, schema: 'groups' });
    const tasks = Array.from({ length: 20 }, (_, n) => task(n === 13 ? { priority: 2 ** 40 } : {}));
    const made = await Promise.allSettled(tasks.map((one) => store.create([one])));
    expect(made.map(({ status }) => status === 'fulfilled')).toEqual(tasks.map((_, n) => n !== 13));
    await store.close();
  });

  it('takes texts that PostgreSQL does not keep', async ({ skip }) => {
    if (server === undefined) return skip(NO_POSTGRES);
    const store = await postgresTaskStore({ connectionString: server.url, schema: 'texts' });
    const [made] = await store.create([
      task({ idempotencyKey: 'a\0b', lease: { worker: 'w', leaseMs: 60_000 } }),
      task(),
    ]);
    const lease = { id: made?.task?.id ?? '', token: 1 };
    expect(await store.report([{ lease, statusMessage: 'half\0way \ud800' }])).toEqual([true]);
    expect((await store.get([lease.id, 'no\0such']))[0]?.statusMessage).toBe('half\ufffdway \ufffd');
    const answers = { 'no\0key': '{}' };
    expect(await store.answer({ id: lease.id, owner: 'owner', answers })).toMatchObject({ accepted: [] });
    expect((await store.create([task({ idempotencyKey: 'a\0b' })]))[0]?.created).toBe(false);
    await store.close();
  });
});
