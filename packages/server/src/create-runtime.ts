import { systemEnvironment } from './environment.ts';
import { InFlight } from './in-flight.ts';
import { createRoundStates } from './input/round-state.ts';
import { hostPolicy } from './ladder/host-policy.ts';
import { resolveLimits } from './limits.ts';
import type { ServerOptions } from './options.ts';
import type { Reports } from './runtime.ts';
import { Runtime } from './runtime.ts';
import { memoryBus } from './subscriptions/bus.ts';
import { Hub } from './subscriptions/hub.ts';
import { lazyTelemetry } from './telemetry/lazy-telemetry.ts';
import { noTelemetry } from './telemetry/telemetry.ts';

/** Builds what outlives a snapshot; throws `TypeError` for options that are not sound. */
export function createRuntime(options: ServerOptions): Runtime {
  const limits = resolveLimits(options.limits);
  const environment = options.environment ?? systemEnvironment;
  const reports = toReports(options);
  const bus = options.bus ?? memoryBus();
  return new Runtime({
    limits,
    environment,
    hosts: hostPolicy(options),
    authenticate: options.authenticate,
    authorizeSubscription: options.subscriptions?.authorize,
    rateLimit: options.rateLimit,
    roundStates: createRoundStates(options.requestState ?? {}, {
      now: () => environment.now(),
      warn: reports.onWarning,
    }),
    hub: new Hub({ ...options.subscriptions, bus, environment, maxStreams: limits.streams }),
    telemetry: options.telemetry === false ? noTelemetry : lazyTelemetry(environment),
    inFlight: new InFlight(environment, limits.operationMs),
    logging: options.logging ?? false,
    reports,
  });
}

/** Standard error is where both HTTP and stdio servers may write. */
function toReports({ onError, onWarning }: ServerOptions): Reports {
  return {
    onError: guarded(
      onError ?? ((error, { reference, where }) => console.error(`[${reference}] ${where}:`, error)),
    ),
    onWarning: guarded(onWarning ?? ((message) => console.warn(message))),
  };
}

/** A report that fails must not take the answer with it, nor the process: nobody is left to tell but standard error. */
function guarded<Args extends unknown[]>(report: (...args: Args) => unknown): (...args: Args) => void {
  return (...args) => {
    try {
      const promise = report(...args);
      if (promise instanceof Promise) promise.catch((error: unknown) => console.error(error));
    } catch (error) {
      console.error(error);
    }
  };
}
