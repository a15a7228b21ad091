import type { DeployContext } from '../deploy-context.ts';
import type { Plan } from '../plan/plan.ts';
import type { Stage } from '../stage.ts';
import type { Watcher } from './open-telemetry.ts';

/** Where every copy of `@opentelemetry/api` 1.x looks for what an SDK has registered; nothing is there without one. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** Watches every exchange where an SDK has registered; elsewhere there is no such stage, and nothing is loaded. */
export function tracingStage(_: Plan, { now, log }: DeployContext): Stage | undefined {
  if (!(REGISTRY in globalThis)) return undefined;
  let watcher: Watcher | undefined;
  import('./open-telemetry.ts').then(
    ({ openTelemetry }) => {
      watcher = openTelemetry(now);
    },
    (error: unknown) => log({ type: 'failed', error }),
  );
  return {
    name: 'tracing',
    enter(exchange) {
      watcher?.begin(exchange);
      return undefined;
    },
  };
}
