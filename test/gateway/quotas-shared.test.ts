import { describe, expect, it } from 'vitest';
import { NO_REDIS, ownRedis } from '../../packages/gateway/test/redis.ts';
import { until } from '../../packages/gateway/test/until.ts';
import { BOB, world } from './quota-world.ts';

describe('two instances with shared state', () => {
  it('keep one limit together, whichever is asked', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const quotas = [{ name: 'q', per: ['caller'], limit: 10, every: '1h' }];
    const [one, two] = await Promise.all([
      world(quotas, { state: redis.url }),
      world(quotas, { state: redis.url }),
    ]);
    const admitted = await Promise.all([one.admitted(8), two.admitted(8), one.admitted(8), two.admitted(8)]);
    expect(admitted.reduce((sum, count) => sum + count)).toBe(10);
    expect(await two.admitted(1, { key: BOB.key })).toBe(1);
    const refused = await two.call();
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(300);
    expect(seconds).toBeLessThanOrEqual(360);
    // No name of a caller is in the store.
    const keys = (await redis.ask('KEYS *')).match(/switchyard:\S+/g) ?? [];
    expect(keys.length).toBe(2);
    for (const key of keys) expect(key).toMatch(/^switchyard:quota:rate:q:[\w-]{43}$/);
  });

  it('gain tokens by the clock of the store', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const { admitted, clock } = await world([{ name: 'q', limit: 10, every: '1s', burst: 2 }], {
      state: redis.url,
    });
    expect(await admitted(4)).toBeLessThan(4);
    const since = Date.now();
    await until(() => Date.now() - since > 250);
    clock.now += 250;
    expect(await admitted(1)).toBe(1);
  });

  it('count each by itself while the state is lost, and together again after it', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const quotas = [{ name: 'q', limit: 3, every: '1h' }];
    const { admitted, events } = await world(quotas, { state: redis.url });
    expect(await admitted(5)).toBe(3);
    await redis.kill();
    // A refusal that the store has given is remembered without it.
    expect(await admitted(1)).toBe(0);
    const fresh = await world(quotas, { state: redis.url });
    expect(await fresh.admitted(5)).toBe(3);
    expect(fresh.events).toContainEqual({ type: 'quota-unshared', quota: 'q' });
    expect(events.filter(({ type }) => type === 'state-lost')).toHaveLength(1);
    await redis.restart();
    await until(async () => (await fresh.admitted(1)) === 1);
    expect(fresh.events).toContainEqual({ type: 'state-back' });
  });

  it('refuse while the state is lost where that is said', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const quotas = [{ name: 'q', limit: 100, onStateLoss: 'deny' as const, tools: ['add'] }];
    const { call, admitted, server } = await world(quotas, { state: { url: redis.url, timeout: '200ms' } });
    expect(await admitted(1)).toBe(1);
    redis.freeze();
    const began = Date.now();
    const answer = await call();
    expect(answer.status).toBe(503);
    expect(answer.json.error).toMatchObject({
      code: 50311,
      data: { reason: 'quota-unavailable', mayHaveRun: false },
    });
    expect(await admitted(5)).toBe(0);
    expect(Date.now() - began).toBeLessThan(2000);
    // What it does not concern goes on.
    expect(await admitted(1, { name: 'other' })).toBe(1);
    expect(server.seen).toHaveLength(2);
    redis.thaw();
  });
});
