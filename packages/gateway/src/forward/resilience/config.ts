import type { ConfigPath, ConfigProblem } from '../../config/problem.ts';
import { COUNT, type ConfigSchemaNode, DURATION } from '../../config/schema-node.ts';
import type { DurationText } from '../../config/units.ts';
import { positive } from '../../plan/bounds.ts';

/** How much may be sent beyond what callers ask. */
export interface RetryBudgetConfig {
  readonly percent?: number;
  readonly least?: number;
  readonly window?: DurationText;
}

/** When requests are refused rather than sent to a server that fails. */
export interface CircuitConfig {
  readonly errors?: number;
  readonly requests?: number;
  readonly window?: DurationText;
  readonly open?: DurationText;
}

/** When a read is also sent to a second replica. */
export interface HedgeConfig {
  readonly after?: DurationText;
  readonly percentile?: number;
}

/** The settings of a server by which outages stay small. */
export interface ResilienceConfig {
  readonly retryBudget?: RetryBudgetConfig;
  readonly circuit?: CircuitConfig;
  readonly hedge?: HedgeConfig;
}

/** The retry budget, in percent, counts and milliseconds. */
export interface RetryBudgetPlan {
  readonly percent: number;
  readonly least: number;
  readonly windowMs: number;
}

/** The circuit breaker, in percent, counts and milliseconds. */
export interface CircuitPlan {
  readonly errors: number;
  readonly requests: number;
  readonly windowMs: number;
  readonly openMs: number;
}

/** Hedging, in milliseconds and percent. */
export interface HedgePlan {
  readonly afterMs: number;
  readonly percentile: number | undefined;
}

/** What `ResilienceConfig` comes to; without a member the feature is off. */
export interface ResiliencePlan {
  readonly retryBudget: RetryBudgetPlan;
  readonly circuit?: CircuitPlan;
  readonly hedge?: HedgePlan;
}

/** The schema of `retryBudget` of a server. */
export const RETRY_BUDGET: ConfigSchemaNode = {
  title: 'the keys percent, least and window',
  description:
    'How many repeats and hedges of requests that may have reached the server are sent, so that retries never multiply an outage. What was certainly not sent costs nothing.',
  type: 'object',
  additionalProperties: false,
  properties: {
    percent: {
      ...COUNT,
      description: 'At most this many for each hundred requests of callers within the window.',
      minimum: 0,
      maximum: 100,
      default: 20,
    },
    least: {
      ...COUNT,
      description: 'This many within the window are always allowed, for servers with little traffic.',
      minimum: 0,
      maximum: 10_000,
      default: 10,
    },
    window: { ...DURATION, description: 'The time over which is counted.', default: '10s' },
  },
};

/** The schema of `circuit` of a server. */
export const CIRCUIT: ConfigSchemaNode = {
  title: 'the keys errors, requests, window and open',
  description:
    'Circuit breaker: where too much fails, requests are answered 503 `circuit-open` at once instead of waiting for a server that is down. Off unless this key is there; `circuit: {}` takes the defaults.',
  type: 'object',
  additionalProperties: false,
  properties: {
    errors: {
      ...COUNT,
      description: 'Opens where this many of a hundred attempts fail, in the sense of `health.failures`.',
      minimum: 1,
      maximum: 100,
      default: 50,
    },
    requests: {
      ...COUNT,
      description: 'How many attempts the window must have seen before it may open.',
      minimum: 1,
      maximum: 100_000,
      default: 20,
    },
    window: { ...DURATION, description: 'The time over which is counted.', default: '10s' },
    open: {
      ...DURATION,
      description: 'How long it stays open before one request tries whether the server is back.',
      default: '5s',
    },
  },
};

/** The schema of `hedge` of a server. */
export const HEDGE: ConfigSchemaNode = {
  title: 'the keys after and percentile',
  description:
    'Hedging: a list, a read or a discovery that is not answered in time is also sent to a second replica; the first answer wins and the other request is cancelled. Counts against `retryBudget`. Off unless this key is there.',
  type: 'object',
  additionalProperties: false,
  properties: {
    after: {
      ...DURATION,
      description: 'How long the first replica gets; with `percentile`, the least that it gets.',
      default: '100ms',
    },
    percentile: {
      ...COUNT,
      description: 'Waits as long as this many of a hundred recent answers took to begin.',
      minimum: 50,
      maximum: 99,
    },
  },
};

/** Fills the defaults in. */
export function compileResilience(
  config: ResilienceConfig,
  at: ConfigPath,
  problems: ConfigProblem[],
): ResiliencePlan {
  const { retryBudget = {}, circuit, hedge } = config;
  const ms = (text: string, key: string, member: string) => positive(text, [...at, key, member], problems);
  return {
    retryBudget: {
      percent: retryBudget.percent ?? 20,
      least: retryBudget.least ?? 10,
      windowMs: ms(retryBudget.window ?? '10s', 'retryBudget', 'window'),
    },
    ...(circuit === undefined
      ? {}
      : {
          circuit: {
            errors: circuit.errors ?? 50,
            requests: circuit.requests ?? 20,
            windowMs: ms(circuit.window ?? '10s', 'circuit', 'window'),
            openMs: ms(circuit.open ?? '5s', 'circuit', 'open'),
          },
        }),
    ...(hedge === undefined
      ? {}
      : { hedge: { afterMs: ms(hedge.after ?? '100ms', 'hedge', 'after'), percentile: hedge.percentile } }),
  };
}
