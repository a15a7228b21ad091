import { context, DiagLogLevel, diag, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { getNumberFromEnv, setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { packageVersion } from '../version.ts';
import type { Asked, Protocol, Telemetry } from './asked.ts';

/** How long the end of the process waits for what is left to be sent, in milliseconds. */
const LAST_EXPORT_MS = 3000;
/** How often metrics are sent, and how long that may take: the defaults of the specification, in milliseconds. */
const INTERVAL_MS = 60_000;
const TIMEOUT_MS = 30_000;

/** Registers an SDK for the signals that are asked for. The rest of its settings it reads from the environment itself. */
export async function registerSdk({ signals, service, warn }: Asked): Promise<Telemetry> {
  const once = tellOnce(warn);
  diag.setLogger({ ...SILENT, error: warn, warn }, { logLevel: DiagLogLevel.WARN });
  const resource = resourceOf(service);
  const [traces, readings] = [signals.get('traces'), signals.get('metrics')];
  const providers = [
    ...(traces === undefined ? [] : [await tracer(traces, resource)]),
    ...(readings === undefined ? [] : [await meter(readings, resource)]),
  ];
  // From here on there is only the exporting that can fail, again and again for as long as a collector is away.
  diag.setLogger({ ...SILENT, error: once }, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  setGlobalErrorHandler(once);
  return { close: () => closed(providers, once) };
}

// ---

const SILENT = { error() {}, warn() {}, info() {}, debug() {}, verbose() {} };

interface Provider {
  shutdown(): Promise<void>;
}

/** Tells the first fault and no other. */
function tellOnce(warn: Asked['warn']): (fault: unknown) => void {
  let told = false;
  return (fault) => {
    if (told) return;
    told = true;
    warn(`it cannot be delivered, which is told once: ${messageOf(fault)}`);
  };
}

/** A collector may answer with anything: one line of it is enough. */
function messageOf(fault: unknown): string {
  const text = fault instanceof AggregateError ? fault.errors.map(messageOf).join(', ') : textOf(fault);
  return JSON.stringify(text.slice(0, 200)).slice(1, -1);
}

function textOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.name;
  return fault.message === '' ? code : fault.message;
}

async function tracer(protocol: Protocol, resource: Resource): Promise<Provider> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  trace.setGlobalTracerProvider(provider);
  // Not of baggage: it goes through the gateway as it came.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider;
}

async function meter(protocol: Protocol, resource: Resource): Promise<Provider> {
  const { OTLPMetricExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  const exportIntervalMillis = positive('OTEL_METRIC_EXPORT_INTERVAL') ?? INTERVAL_MS;
  const timeout = positive('OTEL_METRIC_EXPORT_TIMEOUT') ?? TIMEOUT_MS;
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(timeout, exportIntervalMillis),
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return provider;
}

function positive(name: string): number | undefined {
  const value = getNumberFromEnv(name);
  return value !== undefined && value > 0 ? value : undefined;
}

/** Who exports: one of the processes of a service, each with an id of its own. The environment has the last word. */
function resourceOf(service: string): Resource {
  const own = resourceFromAttributes({ 'service.name': service, 'service.version': packageVersion() });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [serviceInstanceIdDetector] }))
    .merge(detectResources({ detectors: [envDetector] }));
}

/** Ends the providers in a bounded time; exporters try again for longer than anybody waits. */
async function closed(providers: readonly Provider[], tell: (fault: unknown) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      tell(`what was left when the process ended was not taken within ${LAST_EXPORT_MS / 1000} s`);
      resolve();
    }, LAST_EXPORT_MS);
  });
  const sent = Promise.all(providers.map((provider) => provider.shutdown())).then(() => undefined, tell);
  await Promise.race([sent, late]);
  clearTimeout(timer);
}
