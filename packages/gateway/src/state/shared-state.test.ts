import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_REDIS, ownRedis } from '../../test/redis.ts';
import { until } from '../../test/until.ts';
import { parseConfig } from '../config/parse.ts';
import type { GatewayEvent } from '../events.ts';
import { memoryState } from './memory-state.ts';
import type { RedisStateOptions } from './redis-link.ts';
import { redisState } from './redis-state.ts';
import { type SharedState, StateLostError } from './shared-state.ts';

interface Subject {
  readonly state: SharedState;
  /** Lets that many milliseconds pass for the store. */
  pass(ms: number): Promise<void>;
}

function inMemory(maxBytes?: number): Subject {
  let time = 1_000_000;
  const state = memoryState({ clock: () => time, ...(maxBytes === undefined ? {} : { maxBytes }) });
  return {
    state,
    pass: async (ms) => {
      time += ms;
    },
  };
}

function connect(url: string, options: Partial<RedisStateOptions> = {}): SharedState {
  const state = redisState({
    url,
    password: undefined,
    ca: undefined,
    prefix: 't:',
    timeoutMs: 2000,
    now: () => performance.now(),
    clock: Date.now,
    log: () => {},
    ...options,
  });
  onTestFinished(async () => state.close());
  return state;
}

async function inRedis(): Promise<Subject | undefined> {
  const redis = await ownRedis();
  if (redis === undefined) return undefined;
  return { state: connect(redis.url), pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
}

describe.each([
  ['in memory', async () => inMemory(), 1_000_000],
  ['in Redis', inRedis, undefined],
])('shared state %s', (_, make, start) => {
  it('keeps values until their time is up', async ({ skip }) => {
    const subject = await make();
    if (subject === undefined) return skip(NO_REDIS);
    const { state, pass } = subject;
    const bytes = new Uint8Array([0, 255, 10, 13]);
    expect(await state.get('a')).toBeUndefined();
    await state.set('a', bytes, 60);
    bytes[0] = 7;
    expect(await state.get('a')).toEqual(Buffer.from([0, 255, 10, 13]));
    await pass(70);
    expect(await state.get('a')).toBeUndefined();
    await state.set('b', bytes, 60_000);
    await state.delete('b');
    expect(await state.get('b')).toBeUndefined();
  });

  it('counts up, and begins again when a counter has rested', async ({ skip }) => {
    const subject = await make();
    if (subject === undefined) return skip(NO_REDIS);
    const { state, pass } = subject;
    expect(await state.increment('n', 60)).toBe(1);
    expect(await state.increment('n', 60)).toBe(2);
    await pass(70);
    expect(await state.increment('n', 60)).toBe(1);
  });

  it('lets an id be used once, however many ask at once', async ({ skip }) => {
    const subject = await make();
    if (subject === undefined) return skip(NO_REDIS);
    const { state } = subject;
    const now = start ?? Date.now();
    const asked = await Promise.all(Array.from({ length: 20 }, () => state.consume('jti', now + 60_000)));
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(await state.consume('jti', now + 60_000)).toBe(false);
    expect(await state.consume('late', now - 1)).toBe(false);
  });
});

it('says the defaults that apply', () => {
  const plan = (state: string) =>
    parseConfig(`servers: { s: { replicas: [http://h/] } }\nstate: ${state}`).plan.state;
  expect(plan('redis://h')).toEqual(
    plan('{ url: redis://h, prefix: "switchyard:", timeout: 250ms, lease: 30s }'),
  );
  expect(() => plan('{ url: redis://h, timeout: 61s }')).toThrow('state.timeout must be from 1ms to 60s');
});

describe('state in memory', () => {
  it('forgets what was used longest ago rather than grow', async () => {
    const { state } = inMemory(1000);
    await state.set('a', Buffer.alloc(300), 1000);
    await state.set('b', Buffer.alloc(300), 1000);
    await state.get('a');
    await state.set('c', Buffer.alloc(300), 1000);
    expect(await state.get('b')).toBeUndefined();
    expect(await state.get('a')).toBeDefined();
    await state.set('huge', Buffer.alloc(2000), 1000);
    expect(await state.get('huge')).toBeUndefined();
  });
});

describe('state in Redis', () => {
  it('is the same for two connections, apart by prefix, and runs scripts', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const [one, two, other] = [connect(redis.url), connect(redis.url), connect(redis.url, { prefix: 'o:' })];
    await one.set('k', Buffer.from('v'), 60_000);
    expect((await two.get('k'))?.toString()).toBe('v');
    expect(await other.get('k')).toBeUndefined();
    const source = `return redis.call('GET', KEYS[1]) .. ARGV[1]`;
    const script = { source, sha: createHash('sha1').update(source).digest('hex') };
    expect(await two.scripts?.run(script, ['k'], ['!'])).toBe('v!');
    expect(await one.scripts?.run(script, ['k'], ['?'])).toBe('v?');
  });

  it('takes a password by itself and says in one word what is wrong without it', async ({ skip }) => {
    const redis = await ownRedis(['--requirepass', 'open sesame']);
    if (redis === undefined) return skip(NO_REDIS);
    const events: GatewayEvent[] = [];
    expect(await connect(redis.url, { password: 'open sesame' }).increment('n', 1000)).toBe(1);
    const without = connect(redis.url, { log: (event) => events.push(event) });
    await expect(without.increment('n', 1000)).rejects.toThrow(StateLostError);
    expect(events).toEqual([
      { type: 'state-lost', why: 'NOAUTH', advice: expect.stringContaining('set state.password') },
    ]);
  });

  it('rejects when its server is killed, at once from then on, and works again when it is back', async ({
    skip,
  }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const events: GatewayEvent[] = [];
    const state = connect(redis.url, { log: (event) => events.push(event) });
    expect(await state.increment('n', 60_000)).toBe(1);
    await redis.kill();
    await expect(state.increment('n', 60_000)).rejects.toThrow(StateLostError);
    const before = performance.now();
    await expect(state.consume('x', Date.now() + 1000)).rejects.toThrow(StateLostError);
    expect(performance.now() - before).toBeLessThan(100);
    await redis.restart();
    await until(async () => (await state.increment('n', 60_000).catch(() => 0)) > 0);
    expect(events.map(({ type }) => type)).toEqual(['state-lost', 'state-back']);
  });

  it('waits for a silent server once and no longer than it may', async ({ skip }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const state = connect(redis.url, { timeoutMs: 150 });
    await state.increment('n', 60_000);
    redis.freeze();
    const took: number[] = [];
    for (let i = 0; i < 5; i++) {
      const before = performance.now();
      await expect(state.get('n')).rejects.toThrow(StateLostError);
      took.push(performance.now() - before);
    }
    expect(took[0]).toBeGreaterThan(100);
    expect(Math.max(...took.slice(1))).toBeLessThan(100);
    redis.thaw();
    await until(async () => (await state.get('n').catch(() => undefined)) !== undefined);
  });

  it('does not wait for a server that is not there', async () => {
    const state = connect('redis://127.0.0.1:1', { timeoutMs: 5000 });
    const before = performance.now();
    await expect(state.get('n')).rejects.toThrow(StateLostError);
    expect(performance.now() - before).toBeLessThan(3000);
  });
});
