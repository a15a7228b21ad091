import type { SecureContextOptions } from 'node:tls';
import type { Redis } from 'ioredis';
import type { GatewayLogger } from '../events.ts';
import { ClusterError, faultOf, type StateFault, wordFor } from './faults.ts';
import { StateLostError } from './shared-state.ts';

/** How a Redis or Valkey server is reached. */
export interface RedisStateOptions {
  /** `redis://` or `rediss://`, without a password. */
  readonly url: string;
  readonly password: string | undefined;
  /** The certificates of the authorities that may vouch for the server, PEM. @default those of Node */
  readonly ca: string | undefined;
  /** The gateway's own certificate and its key, PEM, for servers that ask. @default none */
  readonly own?: { readonly cert: string; readonly key: string } | undefined;
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

/** The connection, and what is known of it. */
export class RedisLink {
  readonly #options: RedisStateOptions;
  readonly #opening: Promise<void>;
  #redis: Redis | undefined;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #lost = false;
  #closed = false;
  /** Whether the server that it is connected to has been looked at, and can be used. */
  #greeted = false;
  #everUsable = false;
  #fault: StateFault | undefined;

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

  async refused(): Promise<string | undefined> {
    await this.#opening;
    return this.#everUsable ? undefined : this.#fault?.advice;
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
    if (!this.#usable) await this.#opening;
    const redis = this.#redis;
    if (redis === undefined || !this.#usable || this.#closed) throw new StateLostError();
    const now = this.#options.now();
    if (now < this.#quietUntil) throw new StateLostError();
    // Where it was silent, one question tries it, and the others still do not wait for that.
    if (this.#lost) this.#quietUntil = now + QUIET_MS;
    return redis;
  }

  get #usable(): boolean {
    return this.#greeted && this.#redis?.status === 'ready';
  }

  /** Resolves when the first attempt to connect has succeeded, failed, or taken too long. */
  async #open(): Promise<void> {
    const { url, password, prefix, timeoutMs } = this.#options;
    const { Redis } = await import('ioredis');
    if (this.#closed) return;
    const redis = new Redis(url, {
      ...(password === undefined ? {} : { password }),
      ...(url.startsWith('rediss:') ? { tls: tlsOf(this.#options) } : {}),
      keyPrefix: prefix,
      commandTimeout: timeoutMs,
      connectTimeout: Math.max(timeoutMs, 1000),
      // What cannot be asked now is not asked later: its caller has gone on by then.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // After a failover the connection stays, and leads to what is a replica now: only a new one finds the primary.
      reconnectOnError: ({ message }) => message.includes('READONLY '),
      retryStrategy: (attempt) =>
        this.#fault === undefined ? Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS) : LONGEST_PAUSE_MS,
    });
    this.#redis = redis;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const settled = () => {
        clearTimeout(timer);
        resolve();
      };
      redis.on('error', (error) => this.#isLost(error));
      redis.on('close', () => {
        this.#greeted = false;
        this.#isLost(new Error('the connection was closed'));
        settled();
      });
      redis.on('ready', () => void this.#greet(redis).then(settled));
    });
  }

  /** Looks at what was connected to, before anything is asked of it. */
  async #greet(redis: Redis): Promise<void> {
    this.#greeted = false;
    // A server that does not say what it is shows it by its errors.
    const info = await redis.info('cluster').catch(() => '');
    if (/^cluster_enabled:1/m.test(info)) {
      this.#isLost(new ClusterError());
      redis.disconnect(true);
      return;
    }
    this.#greeted = true;
    this.#everUsable = true;
    this.#isBack();
  }

  #isLost(error: unknown): void {
    if (this.#usable) this.#quietUntil = this.#options.now() + QUIET_MS;
    if (this.#closed) return;
    const fault = faultOf(error);
    // Told once, and once more where it is seen that it does not mend itself.
    if (this.#lost && (fault === undefined || fault.why === this.#fault?.why)) return;
    this.#lost = true;
    this.#fault = fault;
    this.#options.log({ type: 'state-lost', ...(fault ?? { why: wordFor(error) }) });
  }

  #isBack(): void {
    this.#quietUntil = Number.NEGATIVE_INFINITY;
    if (!this.#lost) return;
    this.#lost = false;
    this.#fault = undefined;
    this.#options.log({ type: 'state-back' });
  }
}

// ---

function tlsOf({ ca, own }: RedisStateOptions): SecureContextOptions {
  return { ...(ca === undefined ? {} : { ca }), ...own, minVersion: 'TLSv1.2' };
}
