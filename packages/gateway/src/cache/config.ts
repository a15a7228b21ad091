import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import { type ConfigSchemaNode, DURATION, OPTIONAL_DURATION, SIZE } from '../config/schema-node.ts';
import { type DurationText, durationMs, type OptionalDurationText, type SizeText } from '../config/units.ts';
import { bounded, positive } from '../plan/bounds.ts';

/** How answers are kept. */
export interface CacheConfig {
  readonly store?: CacheStoreMode;
  readonly size?: SizeText;
  readonly maxTtl?: DurationText;
  readonly staleWhileRevalidate?: OptionalDurationText;
  readonly staleOnError?: OptionalDurationText;
  readonly ignoreHeaders?: readonly string[];
}

/** Where answers are kept: in the memory of each instance, or in the shared `state`. */
export type CacheStoreMode = 'memory' | 'state';

/** The settings of a server that concern the cache. */
export interface CachedServerConfig {
  readonly cache?: boolean;
  readonly trusted?: boolean;
}

/** `CacheConfig`, in bytes and milliseconds. */
export interface CachePlan {
  readonly store: CacheStoreMode;
  readonly sizeBytes: number;
  readonly maxTtlMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleOnErrorMs: number;
  readonly ignoreHeaders: ReadonlySet<string>;
}

/** `CachedServerConfig` with its defaults. */
export interface CachedServerPlan {
  readonly cached: boolean;
  readonly trusted: boolean;
}

/** The schema of `cache`. */
export const CACHE: ConfigSchemaNode = {
  title: 'the keys store, size, maxTtl, staleWhileRevalidate, staleOnError and ignoreHeaders',
  description:
    'Answers discovery, lists and reads from what servers said before, for as long as they say that it is fresh. Off unless this key is there; `cache: {}` takes the defaults.',
  type: 'object',
  additionalProperties: false,
  properties: {
    store: {
      title: 'memory or state',
      description: 'Where answers are kept: in the memory of each instance, or in `state`, shared by all.',
      type: 'string',
      enum: ['memory', 'state'],
      default: 'memory',
    },
    size: {
      ...SIZE,
      description: 'How much `memory` may hold; what has not been used of late goes first.',
      default: '64MiB',
    },
    maxTtl: {
      ...DURATION,
      description: 'The longest that anything counts as fresh, whatever its server says.',
      default: '24h',
    },
    staleWhileRevalidate: {
      ...OPTIONAL_DURATION,
      description: 'For how long a stale answer is still given while a fresh one is fetched.',
      default: 'off',
    },
    staleOnError: {
      ...OPTIONAL_DURATION,
      description: 'For how long a stale answer is given where the server cannot be reached or fails (5xx).',
      default: 'off',
    },
    ignoreHeaders: {
      title: 'a list of header names',
      description:
        'Request headers that no answer depends on. They are not sent when an answer to keep is asked for; any other header that the gateway does not know keeps answers apart.',
      type: 'array',
      maxItems: 100,
      items: {
        title: 'a header name in small letters',
        type: 'string',
        pattern: "^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$",
      },
    },
  },
};

/** The schema of `cache` of a server. */
export const SERVER_CACHE: ConfigSchemaNode = {
  title: 'true or false',
  description: 'Whether answers of this server are kept, where `cache` is on.',
  type: 'boolean',
  default: true,
};

/** The schema of `trusted` of a server. */
export const TRUSTED: ConfigSchemaNode = {
  title: 'true or false',
  description:
    'Whether `cacheScope: public` of this server is believed where it sees credentials. Without it such an answer is kept for its one caller only: a server that calls what is private public would show it to everyone.',
  type: 'boolean',
  default: false,
};

/** Fills the defaults in; `undefined` where nothing is to be kept. */
export function compileCache(
  config: CacheConfig | undefined,
  hasState: boolean,
  problems: ConfigProblem[],
): CachePlan | undefined {
  if (config === undefined) return undefined;
  const at: ConfigPath = ['cache'];
  if (config.store === 'state' && !hasState) {
    const path = [...at, 'store'];
    problems.push({ path, message: `${formatPath(path)} is "state", which needs the key state` });
  }
  return {
    store: config.store ?? 'memory',
    sizeBytes: bounded(config.size ?? '64MiB', [...at, 'size'], problems),
    maxTtlMs: positive(config.maxTtl ?? '24h', [...at, 'maxTtl'], problems),
    staleWhileRevalidateMs: durationMs(config.staleWhileRevalidate ?? 'off'),
    staleOnErrorMs: durationMs(config.staleOnError ?? 'off'),
    ignoreHeaders: new Set(config.ignoreHeaders ?? []),
  };
}

/** Fills the defaults in. */
export function compileCachedServer({ cache = true, trusted = false }: CachedServerConfig): CachedServerPlan {
  return { cached: cache, trusted };
}
