export type { AdminConfig, AdminPlan, MetricsAccess, OperatorRule } from './admin/config.ts';
export type { OpenApiDocument, OpenApiOperation } from './admin/openapi.ts';
export { ADMIN_API } from './admin/routes.ts';
export type { QuotaConfig, QuotaPlan, QuotaScope, RatePlan, StateLossMode } from './admit/config.ts';
export { type PolicyCase, type PolicyCaseOutcome, parsePolicyCases, testPolicy } from './authorise/cases.ts';
export type {
  PolicyBody,
  PolicyConfig,
  PolicyEffect,
  PolicyPlan,
  PolicyRuleConfig,
} from './authorise/config.ts';
export type { RuleSays } from './authorise/policy.ts';
export {
  askPolicy,
  type PolicyAnswer,
  type PolicyCaller,
  type PolicyQuestion,
  type PolicyRequest,
} from './authorise/question.ts';
export type {
  CacheConfig,
  CachedServerConfig,
  CachedServerPlan,
  CachePlan,
  CacheStoreMode,
} from './cache/config.ts';
export type {
  ActiveHealthConfig,
  AuthorizationMode,
  BalanceMode,
  ForwardedMode,
  GatewayConfig,
  HealthConfig,
  LimitsConfig,
  ServerConfig,
  TimeoutsConfig,
} from './config/config.ts';
export { loadConfig } from './config/load.ts';
export { type ParseConfigOptions, type ParsedConfig, parseConfig } from './config/parse.ts';
export { ConfigError, type ConfigPath, type ConfigProblem } from './config/problem.ts';
export { CONFIG_SCHEMA } from './config/schema.ts';
export type { ConfigSchemaNode } from './config/schema-node.ts';
export type { SecretRef } from './config/secret.ts';
export type { DurationText, OptionalDurationText, SizeText } from './config/units.ts';
export { type ConfigWatch, type WatchConfigOptions, watchConfig } from './config/watch.ts';
export type { GatewayEvent, GatewayLogger } from './events.ts';
export type { ChannelConfig, ChannelPlan, NetworkMode, TlsConfig } from './forward/channel/config.ts';
export type {
  CredentialsConfig,
  CredentialsPlan,
  OAuthCredentialsConfig,
  OAuthGrant,
} from './forward/credentials/config.ts';
export type {
  CircuitConfig,
  CircuitPlan,
  HedgeConfig,
  HedgePlan,
  ResilienceConfig,
  ResiliencePlan,
  RetryBudgetConfig,
  RetryBudgetPlan,
} from './forward/resilience/config.ts';
export type { StdioConfig, StdioPlan } from './forward/stdio/config.ts';
export { createGateway } from './gateway.ts';
export type { CloseOptions, Gateway, GatewayOptions } from './gateway-types.ts';
export type { RequestHandler } from './handle.ts';
export type { CertificateRule } from './identify/certificates.ts';
export type {
  DpopConfig,
  IdentifyConfig,
  IntrospectionConfig,
  IssuerConfig,
  KeysConfig,
} from './identify/config.ts';
export type { KeyEntry } from './identify/keys.ts';
export { type MintedKey, mintApiKey } from './identify/mint-key.ts';
export type { DpopPlan, IdentifyPlan, IssuerPlan, KeysPlan } from './identify/plan.ts';
export type { ScopesConfig } from './identify/scopes.ts';
export { PinAdmin, type PinAdminOptions } from './integrity/admin.ts';
export type {
  ChangeAction,
  FirstUse,
  HiddenAction,
  IntegrityConfig,
  IntegrityPlan,
} from './integrity/config.ts';
export type { ListedPin, Pin, PinKey, PinKind } from './integrity/pins.ts';
export type {
  ClientCertificates,
  ListenConfig,
  ListenPlan,
  ListenTlsConfig,
  ListenTlsPlan,
} from './listen/config.ts';
export type { Listening } from './listener.ts';
export { createLogger, type LoggerOptions } from './logger.ts';
export type {
  ActiveHealthPlan,
  HealthPlan,
  LimitsPlan,
  Plan,
  ReplicaPlan,
  ServerPlan,
  TimeoutsPlan,
} from './plan/plan.ts';
export type {
  AuditConfig,
  AuditPlan,
  CheckpointConfig,
  CheckpointPlan,
  ContentsMode,
} from './record/config.ts';
export { REFUSALS, type RefusalInfo, type RefusalReason } from './refusal.ts';
export type { HealthState } from './route/health.ts';
export type { StateConfig, StatePlan, StateSettings } from './state/config.ts';
export type { CacheStats, GatewayStats, ReplicaStats, ServerStats } from './stats.ts';
export type { PostgresPlan, SqlitePlan, StoreConfig, StorePlan, StoreSettings } from './store/config.ts';
