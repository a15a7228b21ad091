import type { Meter } from '../exchange.ts';
import type { Stage } from '../stage.ts';

/** Counts and times every exchange, and what is not let in. */
export function metricsStage(metrics: Meter): Stage {
  return {
    name: 'metrics',
    enter(exchange) {
      metrics.began(exchange);
      exchange.meter = metrics;
      return undefined;
    },
    turnedAway: (_, refusal) => metrics.turnedAway(refusal.reason),
  };
}
