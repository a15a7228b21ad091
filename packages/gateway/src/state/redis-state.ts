import type { Redis } from 'ioredis';
import { RedisLink, type RedisStateOptions } from './redis-link.ts';
import type { Script, SharedState } from './shared-state.ts';

/** State in Redis or Valkey. Connects by itself, again and again, until it is closed. */
export function redisState(options: RedisStateOptions): SharedState {
  const link = new RedisLink(options);
  return {
    shared: true,
    get: async (key) => (await link.ask((redis) => redis.getBuffer(key))) ?? undefined,
    set: async (key, value, ttlMs) => {
      await link.ask((redis) => redis.set(key, Buffer.from(value), 'PX', wholeMs(ttlMs)));
    },
    delete: async (key) => {
      await link.ask((redis) => redis.unlink(key));
    },
    increment: async (key, ttlMs) => {
      const replies = await link.ask((redis) => redis.multi().incr(key).pexpire(key, wholeMs(ttlMs)).exec());
      return Number(replies?.[0]?.[1]);
    },
    consume: async (id, expiresAt) => {
      const ttlMs = expiresAt - options.clock();
      if (ttlMs <= 0) return false;
      return (await link.ask((redis) => redis.set(id, '1', 'PX', wholeMs(ttlMs), 'NX'))) === 'OK';
    },
    scripts: { run: (script, keys, args) => link.ask((redis) => runScript(redis, script, [keys, args])) },
    refused: () => link.refused(),
    close: () => link.close(),
  };
}

// ---

function wholeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms));
}

async function runScript(
  redis: Redis,
  { sha, source }: Script,
  [keys, args]: readonly [readonly string[], readonly (string | number)[]],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    const unknown = error instanceof Error && error.message.startsWith('NOSCRIPT');
    if (!unknown) throw error;
    return redis.eval(source, keys.length, ...keys, ...args);
  }
}
