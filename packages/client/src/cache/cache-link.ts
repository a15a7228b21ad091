import type { Result } from '@switchyard/wire';
import { methodInfo } from '@switchyard/wire';
import type { Environment } from '../environment.ts';
import { isOutage } from '../errors.ts';
import type { Link, LinkRequest, Next } from '../link.ts';
import type { CacheOptions } from './cache-options.ts';
import { Flights } from './flights.ts';
import { audienceOf, cacheKey, keyPrefix } from './key.ts';
import { askTogether } from './shared-ask.ts';
import type { CacheEntry, CacheStore } from './store.ts';

/** What a cache link needs beside its options. */
export interface CacheParts {
  readonly address: string;
  readonly environment: Environment;
  /** The client's own memory. */
  readonly memory: CacheStore;
  /** Is told where a store fails; the call goes on without it. */
  readonly warn: (message: string) => void;
}

/** The cache of a client. */
export interface Cache {
  readonly link: Link;
  /** Drops what a change makes stale, at once. */
  changed(method: string, uri?: string): void;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Gives out results as long as the server says that they are fresh, and asks once for what several want at the same time.
 * Results of input rounds are never kept, nor what was overtaken by news of a change. Spec: server/utilities/caching.
 */
export function createCache(options: CacheOptions, parts: CacheParts): Cache {
  const cache = new ResponseCache(options, parts);
  return {
    link: (request, next) => cache.serve(request, next),
    changed: (method, uri) => cache.changed(method, uri),
  };
}

class ResponseCache {
  readonly #options: CacheOptions;
  readonly #parts: CacheParts;
  readonly #flights = new Flights<Result>();
  /** How often each method's results have been dropped: what was asked for before is not kept after. */
  readonly #drops = new Map<string, number>();

  constructor(options: CacheOptions, parts: CacheParts) {
    this.#options = options;
    this.#parts = parts;
  }

  serve(request: LinkRequest, next: Next): Promise<Result> {
    const { policy, params, method } = request;
    const isRound = 'inputResponses' in params || 'requestState' in params;
    if (policy.cache === 'bypass' || methodInfo(method)?.cacheable !== true || isRound) return next(request);
    const audience = this.#audience(request);
    const privateKey = cacheKey(
      this.#parts.address,
      request,
      `private${JSON.stringify(audience ?? audienceOf(request.headers))}`,
    );
    const fetch = (): Promise<Result> => this.#fetch(request, next, { audience, privateKey });
    return policy.cache === 'refresh' ? fetch() : this.#use(request, { audience, privateKey, fetch });
  }

  changed(method: string, uri?: string): void {
    const prefix = keyPrefix(this.#parts.address, method, uri);
    this.#drops.set(method, (this.#drops.get(method) ?? 0) + 1);
    this.#flights.part(prefix);
    for (const store of new Set([this.#parts.memory, this.#shared()]))
      void this.#try('drop', () => store.drop(prefix));
  }

  /** The caller as the options name it; undefined where they do not. */
  #audience({ headers }: LinkRequest): string | undefined {
    const { authorization, store } = this.#options;
    if (authorization !== undefined)
      return typeof authorization === 'string' ? authorization : authorization();
    return store === undefined ? audienceOf(headers) : undefined;
  }

  #shared(): CacheStore {
    return this.#options.store ?? this.#parts.memory;
  }

  /** Without a wait where the store answers at once: most calls of a warm cache end here. */
  #use(request: LinkRequest, keys: Keys & { readonly fetch: () => Promise<Result> }): Promise<Result> {
    const own = keys.audience === undefined ? this.#parts.memory : this.#shared();
    const mine = this.#get(own, keys.privateKey);
    if (mine instanceof Promise) return mine.then((entry) => this.#useOr(entry, request, keys));
    return this.#useOr(mine, request, keys);
  }

  #useOr(
    entry: CacheEntry | undefined,
    request: LinkRequest,
    { fetch }: { readonly fetch: () => Promise<Result> },
  ): Promise<Result> {
    const found = entry ?? this.#get(this.#shared(), this.#publicKey(request));
    if (found instanceof Promise) return found.then((shared) => this.#judge(shared, request, fetch));
    return this.#judge(found, request, fetch);
  }

  #judge(found: CacheEntry | undefined, request: LinkRequest, fetch: () => Promise<Result>): Promise<Result> {
    if (found === undefined) return fetch();
    const age = this.#parts.environment.now() - found.receivedAt;
    if (age >= 0 && age < found.ttlMs) return Promise.resolve(found.result);
    const { staleWhileRevalidateMs = 0, staleOnErrorMs = 0 } = this.#options;
    const staleMs = age - found.ttlMs;
    if (age < 0 || staleMs >= Math.max(staleWhileRevalidateMs, staleOnErrorMs)) return fetch();
    const fresh = fetch();
    if (staleMs < staleWhileRevalidateMs) {
      fresh.catch(() => undefined);
      return Promise.resolve(found.result);
    }
    return fresh.catch((error: unknown) => {
      if (request.signal?.aborted === true || !isOutage(error)) throw error;
      return found.result;
    });
  }

  #fetch(request: LinkRequest, next: Next, keys: Keys): Promise<Result> {
    const { progress, notify } = request;
    const ask = async (signal: AbortSignal | undefined): Promise<Result> => {
      const drops = this.#drops.get(request.method);
      const result = await next({ ...request, signal });
      const keeping = { audience: keys.audience, privateKey: keys.privateKey, drops };
      if (this.#mayKeep(request, result, keeping)) await this.#keep(request, result, keeping);
      return result;
    };
    // Progress and log messages belong to one caller.
    const isOwn = progress || 'io.modelcontextprotocol/logLevel' in request.meta;
    if (isOwn && notify !== undefined) return ask(request.signal);
    return askTogether(request, { flights: this.#flights, key: keys.privateKey, ask });
  }

  /** Not what was overtaken by a change, nor what links further on may have got by signing in somebody else. */
  #mayKeep(request: LinkRequest, result: Result, { audience, drops }: Keeping): boolean {
    if (drops !== this.#drops.get(request.method)) return false;
    return result['cacheScope'] === 'public' || this.#audience(request) === audience;
  }

  async #keep(request: LinkRequest, result: Result, { audience, privateKey, drops }: Keeping): Promise<void> {
    const { maxTtlMs = DAY_MS, staleWhileRevalidateMs = 0, staleOnErrorMs = 0 } = this.#options;
    if (result.resultType !== undefined && result.resultType !== 'complete') return;
    const hint = result['ttlMs'];
    const ttlMs = typeof hint === 'number' && hint > 0 ? Math.min(hint, maxTtlMs) : 0;
    const keepMs = ttlMs + Math.max(staleWhileRevalidateMs, staleOnErrorMs);
    if (keepMs <= 0) return;
    const isPublic = result['cacheScope'] === 'public';
    const store = isPublic || audience !== undefined ? this.#shared() : this.#parts.memory;
    const key = isPublic ? this.#publicKey(request) : privateKey;
    const entry = { result, receivedAt: this.#parts.environment.now(), ttlMs, keepMs };
    await this.#try('set', () => store.set(key, entry));
    // What was dropped while it was being written is there again.
    if (drops !== this.#drops.get(request.method)) await this.#try('drop', () => store.drop(key));
  }

  #publicKey(request: LinkRequest): string {
    return cacheKey(this.#parts.address, request, 'public');
  }

  #get(store: CacheStore, key: string): CacheEntry | undefined | Promise<CacheEntry | undefined> {
    return this.#try('get', () => store.get(key));
  }

  /** Does something with a store, and lives without it where it fails. */
  #try<T>(what: string, act: () => T | Promise<T>): T | undefined | Promise<T | undefined> {
    const failed = (error: unknown): undefined => {
      this.#parts.warn(`The cache failed to ${what}: ${String(error)}`);
    };
    try {
      const done = act();
      return done instanceof Promise ? done.catch(failed) : done;
    } catch (error) {
      return failed(error);
    }
  }
}

interface Keys {
  readonly audience: string | undefined;
  readonly privateKey: string;
}

interface Keeping extends Keys {
  /** How often the method's results had been dropped when this one was asked for. */
  readonly drops: number | undefined;
}
