import type { ResolvedOptions } from './options.ts';
import type { TaskTelemetry } from './telemetry.ts';

/**
 * OpenTelemetry where somebody listens. `@opentelemetry/api` is loaded with the first run after an SDK has registered; the run
 * that notices goes unwatched.
 */
export function lazyTaskTelemetry(
  options: ResolvedOptions,
  load: LoadTelemetry = loadOpenTelemetry,
): TaskTelemetry {
  let loaded: TaskTelemetry | undefined;
  let loading: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    loaded = await load(options);
  };
  const look = (): TaskTelemetry | undefined => {
    if (options.telemetry && loading === undefined && REGISTRY in globalThis) {
      loading = ready().catch((error: unknown) => options.onError(error, { where: 'loading telemetry' }));
    }
    return loaded;
  };
  return {
    start: (task) => look()?.start(task),
    carrier: () => look()?.carrier(),
  };
}

/** What loads telemetry when it is needed. */
export type LoadTelemetry = (options: ResolvedOptions) => Promise<TaskTelemetry>;

/** Where every copy of `@opentelemetry/api` 1.x looks for what an SDK has registered; nothing is there without one. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

async function loadOpenTelemetry(options: ResolvedOptions): Promise<TaskTelemetry> {
  const { openTaskTelemetry } = await import('./open-telemetry.ts');
  return openTaskTelemetry(options);
}
