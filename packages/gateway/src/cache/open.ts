import type { GatewayLogger } from '../events.ts';
import type { ForwardContext } from '../forward/forwarding.ts';
import type { LiveServer } from '../plan/live.ts';
import type { Plan } from '../plan/plan.ts';
import type { Resource, Resources } from '../resources.ts';
import { holdState, type StateContext } from '../state/hold-state.ts';
import type { ResultSource } from '../surface/source.ts';
import { ResponseCache } from './cache.ts';
import type { CachePlan } from './config.ts';
import type { CacheStore } from './entry.ts';
import { MemoryStore } from './memory-store.ts';
import { StateStore } from './state-store.ts';
import { Watch } from './watch.ts';

/** What a cache needs from outside. */
export interface CacheContext extends StateContext {
  readonly resources: Resources;
  readonly forwarding: ForwardContext;
  readonly log: GatewayLogger;
}

/** The cache of a plan in use. */
export interface OpenCache {
  readonly cache: ResponseCache;
  readonly store: CacheStore;
  /** The plan has been replaced: keeps nothing more, and listens no more. */
  retire(): void;
  /** Lets go of the store. */
  close(): Promise<void>;
}

/** Opens the cache of a plan in front of a source; `undefined` where the plan keeps nothing. Throws `ConfigError`. */
export function openCache(plan: Plan, source: ResultSource, context: CacheContext): OpenCache | undefined {
  if (plan.cache === undefined) return undefined;
  const held = holdStore(plan, plan.cache, context);
  const watches = new Map<LiveServer, Watch>();
  const cache = new ResponseCache({
    plan: plan.cache,
    store: held.store,
    source,
    clock: context.clock,
    kept: (server, entry) => watchOf(server).kept(entry),
  });
  const watchOf = (server: LiveServer): Watch => {
    const known = watches.get(server);
    if (known !== undefined) return known;
    const { name } = server.plan;
    const drop = (topic?: string) => cache.drop(name, topic);
    const watch = new Watch(server, { forwarding: context.forwarding, drop });
    watches.set(server, watch);
    return watch;
  };
  return {
    cache,
    store: held.store,
    retire() {
      cache.retire();
      for (const watch of watches.values()) watch.close();
    },
    close: () => held.release(),
  };
}

// ---

interface HeldStore {
  readonly store: CacheStore;
  release(): Promise<void>;
}

function holdStore(plan: Plan, { store, sizeBytes }: CachePlan, context: CacheContext): HeldStore {
  const { resources, clock } = context;
  if (store === 'state') {
    const { state, release } = holdState(plan.state, context);
    return { store: new StateStore(state, clock), release };
  }
  const key = `cache:${sizeBytes}`;
  const held = resources.hold(key, () => new MemoryResource(sizeBytes, clock));
  return { store: held.store, release: () => resources.release(key) };
}

class MemoryResource implements Resource {
  readonly store: MemoryStore;

  constructor(sizeBytes: number, clock: () => number) {
    this.store = new MemoryStore(sizeBytes, clock);
  }

  close(): void {}
}
