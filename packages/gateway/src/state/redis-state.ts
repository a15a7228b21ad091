import type { Redis } from 'ioredis';
import type { GatewayLogger } from '../events.ts';
import { type Script, type SharedState, StateLostError } from './shared-state.ts';

/** How a Redis or Valkey server is reached. */
export interface RedisStateOptions {
  /** `redis://` or `rediss://`, without a password. */
  readonly url: string;
  readonly password: string | undefined;
  /** The certificates of the authorities that may vouch for the server, PEM. @default those of Node */
  readonly ca: string | undefined;
  /** Put before every key. */
  readonly prefix: string;
  /** How long one answer is waited for, in milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds, never running backwards. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: GatewayLogger;
}

/** How long a server that did not answer in time is left alone; one question then tries it. */
const QUIET_MS = 1000;
const LONGEST_PAUSE_MS = 2000;

/** State in Redis or Valkey. Connects by itself, again and again, until it is closed. */
export function redisState(options: RedisStateOptions): SharedState {
  const link = new Link(options);
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

/** The connection, and what is known of it. */
class Link {
  readonly #options: RedisStateOptions;
  readonly #opening: Promise<void>;
  #redis: Redis | undefined;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #lost = false;
  #closed = false;

  constructor(options: RedisStateOptions) {
    this.#options = options;
    this.#opening = this.#open();
  }

  async ask<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = await this.#ready();
    try {
      const reply = await command(redis);
      this.#isBack();
      return reply;
    } catch (error) {
      this.#isLost(error);
      throw new StateLostError(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const redis = this.#redis;
    if (redis === undefined) return;
    if (redis.status === 'ready') await redis.quit().catch(() => {});
    redis.disconnect();
  }

  /** The connection if it is worth asking. Waits only for the first one, and not for long. */
  async #ready(): Promise<Redis> {
    if (this.#redis?.status !== 'ready') await this.#opening;
    const redis = this.#redis;
    if (redis?.status !== 'ready' || this.#closed) throw new StateLostError();
    const now = this.#options.now();
    if (now < this.#quietUntil) throw new StateLostError();
    // Where it was silent, one question tries it, and the others still do not wait for that.
    if (this.#lost) this.#quietUntil = now + QUIET_MS;
    return redis;
  }

  /** Resolves when the first attempt to connect has succeeded, failed, or taken too long. */
  async #open(): Promise<void> {
    const { url, password, ca, prefix, timeoutMs } = this.#options;
    const { Redis } = await import('ioredis');
    if (this.#closed) return;
    const redis = new Redis(url, {
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { tls: { ca } }),
      keyPrefix: prefix,
      commandTimeout: timeoutMs,
      connectTimeout: Math.max(timeoutMs, 1000),
      // What cannot be asked now is not asked later: its caller has gone on by then.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // After a failover the connection stays, and leads to what is a replica now: only a new one finds the primary.
      reconnectOnError: ({ message }) => message.includes('READONLY '),
      retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS),
    });
    this.#redis = redis;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      redis.once('ready', resolve).once('close', resolve);
      redis.once('close', () => clearTimeout(timer)).once('ready', () => clearTimeout(timer));
      redis.on('error', (error) => this.#isLost(error));
      redis.on('close', () => this.#isLost(new Error('the connection was closed')));
      redis.on('ready', () => this.#isBack());
    });
  }

  #isLost(error: unknown): void {
    if (this.#redis?.status === 'ready') this.#quietUntil = this.#options.now() + QUIET_MS;
    if (this.#lost || this.#closed) return;
    this.#lost = true;
    this.#options.log({ type: 'state-lost', why: wordFor(error) });
  }

  #isBack(): void {
    this.#quietUntil = Number.NEGATIVE_INFINITY;
    if (!this.#lost) return;
    this.#lost = false;
    this.#options.log({ type: 'state-back' });
  }
}

/** A code or the first word of what Redis says (`NOAUTH`, `OOM`); the rest may repeat what was sent. */
function wordFor(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,} /.exec(error.message)?.[0].trim() ?? (error.message.slice(0, 80) || error.name);
}
