import type { Deployment } from './deployment.ts';
import type { Counters } from './handle.ts';
import type { CallFigures, CopyFigures, LiveVariant } from './plan/live.ts';
import type { HealthState } from './route/health.ts';
import type { ReplicaSet } from './route/replica-set.ts';

/** What the gateway is doing now and has done since it was made. */
export interface GatewayStats {
  /** Requests in progress, open streams included. */
  readonly inFlight: number;
  /** Requests let in. */
  readonly accepted: number;
  /** Requests that the gateway itself answered. */
  readonly refused: number;
  readonly servers: readonly ServerStats[];
  /** Absent where nothing is kept. */
  readonly cache?: CacheStats;
}

/** Figures of the cache of the current plan. */
export interface CacheStats {
  /** Fresh answers out of the cache. */
  readonly hits: number;
  /** Stale answers out of the cache. */
  readonly stale: number;
  /** Answers that a server was asked for. */
  readonly misses: number;
  /** What is kept in memory; 0 where it is kept in shared state. */
  readonly entries: number;
  readonly bytes: number;
}

/** Figures of one server of the current plan. */
export interface ServerStats {
  readonly name: string;
  readonly path: string;
  readonly replicas: readonly ReplicaStats[];
  /** Calls of the tools concerned, by version. */
  readonly canary?: CanaryStats;
  /** Copies, and how they compared. */
  readonly shadow?: ShadowStats;
}

/** Figures of a server and its canary, since their plan has been in use. */
export interface CanaryStats {
  readonly stable: CallFigures;
  readonly canary: CallFigures;
  readonly replicas: readonly ReplicaStats[];
}

/** Figures of a shadow, since its plan has been in use. */
export interface ShadowStats extends CopyFigures {
  readonly replicas: readonly ReplicaStats[];
}

/** Figures of one replica. */
export interface ReplicaStats {
  /** Its URL without the query. */
  readonly url: string;
  /** `in`: gets requests. `out`: is left out. `trial`: the next request tries whether it is back. */
  readonly state: HealthState;
  /** Failures in a row. */
  readonly failures: number;
  readonly inFlight: number;
  /** Requests ever sent to it, repeats included. */
  readonly sent: number;
}

/** The figures of a deployment. */
export function statsOf(deployment: Deployment, inFlight: number, counters: Counters): GatewayStats {
  const servers = deployment.live.servers.map(({ plan, replicas, canary, shadow }) => ({
    name: plan.name,
    path: plan.path,
    replicas: replicasOf(replicas),
    ...(canary === undefined ? {} : { canary: canaryOf(canary) }),
    ...(shadow === undefined
      ? {}
      : { shadow: { ...shadow.figures.shadow, replicas: replicasOf(shadow.server.replicas) } }),
  }));
  const { accepted, refused } = counters;
  const { kept } = deployment;
  if (kept === undefined) return { inFlight, accepted, refused, servers };
  const cache = { ...kept.cache.counts, ...kept.store.size };
  return { inFlight, accepted, refused, servers, cache };
}

// ---

function canaryOf({ figures, server }: LiveVariant): CanaryStats {
  const { stable, canary } = figures;
  return { stable: { ...stable }, canary: { ...canary }, replicas: replicasOf(server.replicas) };
}

function replicasOf({ replicas }: ReplicaSet): readonly ReplicaStats[] {
  return replicas.map((replica) => ({
    url: replica.plan.label,
    state: replica.health.state,
    failures: replica.health.failures,
    inFlight: replica.inFlight,
    sent: replica.sent,
  }));
}
