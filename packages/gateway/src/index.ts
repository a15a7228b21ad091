export type {
  AuthorizationMode,
  BalanceMode,
  ForwardedMode,
  GatewayConfig,
  HealthConfig,
  LimitsConfig,
  ListenConfig,
  ServerConfig,
  TimeoutsConfig,
} from './config/config.ts';
export { loadConfig } from './config/load.ts';
export { type ParseConfigOptions, type ParsedConfig, parseConfig } from './config/parse.ts';
export { ConfigError, type ConfigPath, type ConfigProblem } from './config/problem.ts';
export { CONFIG_SCHEMA } from './config/schema.ts';
export type { ConfigSchemaNode } from './config/schema-node.ts';
export type { DurationText, OptionalDurationText, SizeText } from './config/units.ts';
export { type ConfigWatch, type WatchConfigOptions, watchConfig } from './config/watch.ts';
export type { GatewayEvent, GatewayLogger } from './events.ts';
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
export { createGateway } from './gateway.ts';
export type { CloseOptions, Gateway, GatewayOptions } from './gateway-types.ts';
export type { RequestHandler } from './handle.ts';
export type { Listening } from './listener.ts';
export { createLogger, type LoggerOptions } from './logger.ts';
export type {
  HealthPlan,
  LimitsPlan,
  ListenPlan,
  Plan,
  ReplicaPlan,
  ServerPlan,
  TimeoutsPlan,
} from './plan/plan.ts';
export { REFUSALS, type RefusalInfo, type RefusalReason } from './refusal.ts';
export type { HealthState } from './route/health.ts';
export type { GatewayStats, ReplicaStats, ServerStats } from './stats.ts';
