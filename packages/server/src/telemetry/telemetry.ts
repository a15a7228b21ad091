import type { Environment } from '../environment.ts';
import type { Outcome } from '../operations/operation.ts';
import type { Walk } from '../walk.ts';

/** Watches operations. The default watches nothing and costs nothing. */
export interface Telemetry {
  /** Begins to watch one operation, or `undefined` where nobody wants to know. */
  start(walk: Walk): OperationSpan | undefined;
  /** Loads what it needs; serving waits for it once. */
  ready?(): Promise<void>;
}

/** One operation being watched. */
export interface OperationSpan {
  /** Runs a function with this span as the active one. */
  within<T>(run: () => T): T;
  /** Ends it, with what was thrown or what it came to. */
  end(error: unknown, outcome?: Outcome): void;
}

/** Watches nothing. */
export const noTelemetry: Telemetry = { start: () => undefined };

/** OpenTelemetry, loaded when the first snapshot is compiled and not when this package is imported. */
export function lazyTelemetry(environment: Environment): Telemetry {
  let loaded: Telemetry | undefined;
  return {
    start: (walk) => loaded?.start(walk),
    async ready() {
      if (loaded !== undefined) return;
      const { openTelemetry } = await import('./open-telemetry.ts');
      loaded = openTelemetry(environment);
    },
  };
}
