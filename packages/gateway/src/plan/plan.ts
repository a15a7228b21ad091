import type { AdminPlan } from '../admin/config.ts';
import type { QuotaPlan } from '../admit/config.ts';
import type { PolicyPlan } from '../authorise/config.ts';
import type { CachedServerPlan, CachePlan } from '../cache/config.ts';
import type { AuthorizationMode, BalanceMode, ForwardedMode } from '../config/config.ts';
import type { FederationPlan } from '../federate/config.ts';
import type { ChannelPlan } from '../forward/channel/config.ts';
import type { CredentialsPlan } from '../forward/credentials/config.ts';
import type { ResiliencePlan } from '../forward/resilience/config.ts';
import type { StdioPlan } from '../forward/stdio/config.ts';
import type { IdentifyPlan } from '../identify/plan.ts';
import type { ScopesConfig } from '../identify/scopes.ts';
import type { IntegrityPlan } from '../integrity/config.ts';
import type { ListenPlan } from '../listen/config.ts';
import type { AuditPlan } from '../record/config.ts';
import type { StatePlan } from '../state/config.ts';
import type { StorePlan } from '../store/config.ts';

/**
 * A configuration made ready to run: defaults filled in, durations in milliseconds, sizes in bytes, every check
 * passed. Plain immutable data; `createGateway` turns it into pools and sockets.
 */
export interface Plan {
  readonly listen: ListenPlan;
  /** Lower-case host names: with port where the configuration gave one, else alone and with that of `listen`; `undefined` admits any. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** Browser origins that may call; loopback origins are also let through where `loopbackOrigins` is set. */
  readonly origins: ReadonlySet<string>;
  readonly loopbackOrigins: boolean;
  readonly forwarded: ForwardedMode;
  readonly limits: LimitsPlan;
  readonly drainMs: number;
  /** Absent where nothing is kept. */
  readonly cache: CachePlan | undefined;
  readonly servers: readonly ServerPlan[];
  readonly federation: FederationPlan | undefined;
  /** `undefined` where each instance keeps its own, in memory. */
  readonly policy: PolicyPlan | undefined;
  readonly integrity: IntegrityPlan | undefined;
  readonly state: StatePlan | undefined;
  /** `undefined` where nobody is asked who he is. */
  readonly identify: IdentifyPlan | undefined;
  readonly quotas: readonly QuotaPlan[];
  /** Where what must not be lost is kept; `undefined` where nothing is. */
  readonly store: StorePlan | undefined;
  /** `undefined` where nothing is put on record. */
  readonly audit: AuditPlan | undefined;
  /** `undefined` where there is no admin port. */
  readonly admin: AdminPlan | undefined;
}

/** Bounds, in bytes, counts and milliseconds. */
export interface LimitsPlan {
  readonly bodyBytes: number;
  readonly resultBytes: number;
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly inFlight: number;
  readonly connections: number;
  readonly headerTimeMs: number;
  readonly requestTimeMs: number;
  readonly keepAliveMs: number;
}

/** One server behind the gateway. */
export interface ServerPlan {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly path: string;
  readonly replicas: readonly ReplicaPlan[];
  readonly balance: BalanceMode;
  readonly retries: number;
  readonly authorization: AuthorizationMode;
  /** What tokens are issued for, where that is not the public URL of the path. */
  readonly resource: string | undefined;
  readonly scopes: ScopesConfig | undefined;
  readonly health: HealthPlan;
  readonly timeouts: TimeoutsPlan;
  readonly resilience: ResiliencePlan;
  readonly channel: ChannelPlan;
  /** How its processes are started; `undefined` for a server that is reached over HTTP. */
  readonly stdio: StdioPlan | undefined;
  /** What it is shown; `undefined` for nothing. */
  readonly credentials: CredentialsPlan | undefined;
  readonly cache: CachedServerPlan;
  /** Other versions of it. */
  readonly canary: VariantPlan | undefined;
  readonly shadow: VariantPlan | undefined;
}

/** Another version of a server, as it is run. */
export interface VariantPlan {
  /** The server with that version's replicas, under a name of its own: what is known of one version is not held against the other. */
  readonly server: ServerPlan;
  /** From 0 to 1. */
  readonly share: number;
  /** `undefined` for all. */
  readonly tools: ReadonlySet<string> | undefined;
}

/** One instance of a server. */
export interface ReplicaPlan {
  /** As configured. */
  readonly url: string;
  /** The URL without its query, where keys end up; for logs and figures. */
  readonly label: string;
  readonly origin: string;
  /** Path and query of the MCP endpoint. */
  readonly target: string;
}

/** Passive health settings, in counts and milliseconds. */
export interface HealthPlan {
  readonly failures: number;
  readonly ejectMs: number;
  readonly maxEjectMs: number;
  /** Absent where only real traffic tells. */
  readonly active?: ActiveHealthPlan;
}

/** How a replica is asked whether it is well, in milliseconds. */
export interface ActiveHealthPlan {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** What is looked up; `undefined` for a discovery at the MCP endpoint. */
  readonly path: string | undefined;
}

/** Time limits in milliseconds; 0 is none. */
export interface TimeoutsPlan {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}
