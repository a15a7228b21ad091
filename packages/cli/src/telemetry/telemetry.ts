import type { Asked, Protocol, Signal, Telemetry, TelemetryOptions } from './asked.ts';

/**
 * Registers an SDK of OpenTelemetry that exports over OTLP/HTTP, where the environment names an endpoint:
 * `OTEL_EXPORTER_OTLP_ENDPOINT`, or the one of a signal. Loads and does nothing where it names none, where
 * `OTEL_SDK_DISABLED` is `true`, and where an SDK has registered before. Never rejects: what cannot be used is told.
 */
export async function startTelemetry(
  options: TelemetryOptions,
  load: Load = loadSdk,
): Promise<Telemetry | undefined> {
  if (REGISTRY in globalThis || options.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return;
  const signals = new Map<Signal, Protocol>();
  for (const signal of ['traces', 'metrics'] as const) {
    const protocol = protocolOf(signal, options);
    if (protocol !== undefined) signals.set(signal, protocol);
  }
  if (signals.size === 0) return;
  try {
    return await load({ ...options, signals });
  } catch (error) {
    options.warn(`it cannot be started: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
}

/** What loads the SDK and registers it. */
export type Load = (asked: Asked) => Promise<Telemetry>;

// ---

/** Where every copy of `@opentelemetry/api` 1.x looks for what an SDK has registered; nothing is there without one. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

async function loadSdk(asked: Asked): Promise<Telemetry> {
  const { registerSdk } = await import('./sdk.ts');
  return registerSdk(asked);
}

/** How a signal is to be written; `undefined` where it is not to be sent. */
function protocolOf(signal: Signal, { env, warn }: TelemetryOptions): Protocol | undefined {
  const upper = signal.toUpperCase();
  const exporter = read(env, `OTEL_${upper}_EXPORTER`) ?? 'otlp';
  const names = [`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  const name = names.find((key) => read(env, key) !== undefined);
  if (name === undefined || exporter === 'none') return undefined;
  if (exporter !== 'otlp') {
    warn(`no ${signal} are exported: OTEL_${upper}_EXPORTER may be otlp or none`);
    return undefined;
  }
  if (!isHttp(read(env, name) ?? '')) {
    warn(`no ${signal} are exported: ${name} is no http or https URL`);
    return undefined;
  }
  const protocol =
    read(env, `OTEL_EXPORTER_OTLP_${upper}_PROTOCOL`) ?? read(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === undefined || protocol === 'http/protobuf') return 'http/protobuf';
  if (protocol === 'http/json') return protocol;
  warn(`no ${signal} are exported: the protocol may be http/protobuf or http/json`);
  return undefined;
}

/** A variable that is empty counts as not set. */
function read(env: TelemetryOptions['env'], name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
