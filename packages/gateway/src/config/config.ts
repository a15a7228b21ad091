import type { AdminConfig } from '../admin/config.ts';
import type { QuotaConfig } from '../admit/config.ts';
import type { PolicyConfig } from '../authorise/config.ts';
import type { CacheConfig, CachedServerConfig } from '../cache/config.ts';
import type { FederationConfig } from '../federate/config.ts';
import type { ChannelConfig } from '../forward/channel/config.ts';
import type { CredentialsConfig } from '../forward/credentials/config.ts';
import type { ResilienceConfig } from '../forward/resilience/config.ts';
import type { StdioConfig } from '../forward/stdio/config.ts';
import type { IdentifyConfig } from '../identify/config.ts';
import type { ScopesConfig } from '../identify/scopes.ts';
import type { IntegrityConfig } from '../integrity/config.ts';
import type { ListenConfig } from '../listen/config.ts';
import type { AuditConfig } from '../record/config.ts';
import type { VariantsConfig } from '../route/variants/config.ts';
import type { StateConfig } from '../state/config.ts';
import type { StoreConfig } from '../store/config.ts';
import type { DurationText, OptionalDurationText, SizeText } from './units.ts';

/**
 * The gateway's configuration in its one canonical form: what the YAML file says, value for value.
 * `config.schema.json` in this package describes the same thing for editors; the reference page is made from it.
 */
export interface GatewayConfig {
  readonly listen?: ListenConfig;
  readonly servers: Readonly<Record<string, ServerConfig>>;
  readonly federation?: FederationConfig;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly forwarded?: ForwardedMode;
  readonly limits?: LimitsConfig;
  readonly drain?: DurationText;
  readonly cache?: CacheConfig;
  readonly state?: StateConfig;
  readonly identify?: IdentifyConfig;
  readonly quotas?: readonly QuotaConfig[];
  readonly policy?: PolicyConfig;
  readonly integrity?: IntegrityConfig;
  readonly store?: StoreConfig;
  readonly audit?: AuditConfig;
  readonly admin?: AdminConfig;
}

/** What becomes of `X-Forwarded-For`, `-Host` and `-Proto`; see the reference page. */
export type ForwardedMode = 'replace' | 'append' | 'drop';

/** Bounds on what one client, or all of them together, can make the gateway hold. */
export interface LimitsConfig {
  readonly body?: SizeText;
  readonly result?: SizeText;
  readonly headers?: SizeText;
  readonly headerCount?: number;
  readonly inFlight?: number;
  readonly connections?: number;
  readonly headerTime?: DurationText;
  readonly requestTime?: DurationText;
  readonly keepAlive?: DurationText;
}

/** One MCP server: a path at the gateway and the replicas that answer for it. */
export interface ServerConfig extends ResilienceConfig, ChannelConfig, CachedServerConfig, VariantsConfig {
  readonly labels?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly prefix?: string;
  readonly replicas?: readonly string[];
  readonly stdio?: StdioConfig;
  readonly balance?: BalanceMode;
  readonly retries?: number;
  readonly authorization?: AuthorizationMode;
  readonly resource?: string;
  readonly scopes?: ScopesConfig;
  readonly credentials?: CredentialsConfig;
  readonly health?: HealthConfig;
  readonly timeouts?: TimeoutsConfig;
}

/** How a replica is chosen for a request. */
export type BalanceMode = 'round-robin' | 'least-in-flight';

/** What becomes of the caller's `Authorization` header. */
export type AuthorizationMode = 'drop' | 'pass';

/** Passive health: when a replica is left out, and for how long. */
export interface HealthConfig {
  readonly failures?: number;
  readonly eject?: DurationText;
  readonly maxEject?: DurationText;
  readonly active?: ActiveHealthConfig;
}

/** Active health: the gateway asks by itself. */
export interface ActiveHealthConfig {
  readonly interval?: DurationText;
  readonly timeout?: DurationText;
  readonly path?: string;
}

/** How long the gateway waits for a replica at each step. */
export interface TimeoutsConfig {
  readonly connect?: DurationText;
  readonly headers?: DurationText;
  readonly idle?: OptionalDurationText;
  readonly total?: OptionalDurationText;
}
