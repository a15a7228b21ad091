import type { Environment } from '../environment.ts';
import type { Telemetry } from './telemetry.ts';

/** OpenTelemetry, loaded when the first snapshot is compiled and not when this package is imported. */
export function lazyTelemetry(environment: Environment): Telemetry {
  let loaded: Telemetry | undefined;
  return {
    start: (request) => loaded?.start(request),
    async ready() {
      if (loaded !== undefined) return;
      const { openTelemetry } = await import('./open-telemetry.ts');
      loaded = openTelemetry(environment);
    },
  };
}
