import type { Environment } from '../environment.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * OpenTelemetry where somebody listens. `@opentelemetry/api` is loaded with the first definitions to serve, or later, once
 * an SDK has registered; the operation that notices is the last one to go unwatched.
 */
export function lazyTelemetry(environment: Environment, load: Load = loadOpenTelemetry): Telemetry {
  let loaded: Telemetry | undefined;
  let loading: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    if (!(REGISTRY in globalThis)) return;
    loading ??= load(environment).then((telemetry) => {
      loaded = telemetry;
    });
    await loading;
  };
  return {
    ready,
    start(request) {
      // Nobody waits for it here; where it cannot be loaded, the next definitions to serve say so.
      if (loading === undefined && REGISTRY in globalThis) ready().catch(() => undefined);
      return loaded?.start(request);
    },
  };
}

/** What loads telemetry when it is needed. */
export type Load = (environment: Environment) => Promise<Telemetry>;

/** Where every copy of `@opentelemetry/api` 1.x looks for what an SDK has registered; nothing is there without one. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

async function loadOpenTelemetry(environment: Environment): Promise<Telemetry> {
  const { openTelemetry } = await import('./open-telemetry.ts');
  return openTelemetry(environment);
}
