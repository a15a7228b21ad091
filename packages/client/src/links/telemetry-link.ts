import type { Link } from '../link.ts';

/** What a telemetry link is told. */
export interface TelemetryLinkOptions {
  /** What is dialled, for `server.address` and `server.port`. */
  readonly url?: string | URL;
}

/**
 * Makes a CLIENT span of every attempt, by the OpenTelemetry semantic conventions for MCP, and puts its `traceparent` into
 * `_meta`. `@opentelemetry/api` is loaded with the first request. Spec: basic/index#meta.
 */
export function telemetryLink(options: TelemetryLinkOptions = {}): Link {
  let loaded: Link | undefined;
  return async (request, next) => {
    if (loaded === undefined) {
      const { openTelemetryLink } = await import('./open-telemetry.ts');
      loaded = openTelemetryLink(options.url === undefined ? undefined : new URL(options.url));
    }
    return loaded(request, next);
  };
}
