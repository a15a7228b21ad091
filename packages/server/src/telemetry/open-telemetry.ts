import type { Attributes, Context, Histogram, MeterProvider, Span } from '@opentelemetry/api';
import {
  context,
  metrics,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { PROTOCOL_VERSION, ProtocolError } from '@switchyard/wire';
import type { Environment } from '../environment.ts';
import type { Outcome } from '../snapshot/prepared.ts';
import { Prepared } from '../snapshot/prepared.ts';
import type { Observable, OperationSpan, Telemetry } from './telemetry.ts';

const SCOPE = '@switchyard/server';

/**
 * Spans and metrics by the OpenTelemetry semantic conventions for MCP: a SERVER span for each operation,
 * continued from the `traceparent` of `_meta`, and the histogram `mcp.server.operation.duration`.
 * Where no SDK is set up, an operation costs two comparisons.
 */
export function openTelemetry(environment: Environment): Telemetry {
  const duration = durationHistogram();
  return {
    start(observed) {
      const tracing = hasTracing();
      const histogram = duration();
      if (!tracing && histogram === undefined) return undefined;
      return new ObservedOperation(observed, environment, { tracing, histogram });
    },
  };
}

/** The API hands out a proxy until an SDK registers; the proxy has no delegate then. */
function hasTracing(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE) !== undefined;
}

/** The histogram of whichever meter provider is registered; asked again only when that changes. */
function durationHistogram(): () => Histogram | undefined {
  const none = metrics.getMeterProvider();
  let known: MeterProvider = none;
  let histogram: Histogram | undefined;
  let first = true;
  return () => {
    const provider = metrics.getMeterProvider();
    if (provider === known && !first) return histogram;
    first = false;
    known = provider;
    // Without an SDK the provider's own class is the API's no-op.
    histogram = provider.constructor.name === 'NoopMeterProvider' ? undefined : createHistogram(provider);
    return histogram;
  };
}

function createHistogram(provider: MeterProvider): Histogram {
  return provider.getMeter(SCOPE).createHistogram('mcp.server.operation.duration', {
    unit: 's',
    description: 'Duration of an MCP request as observed on the receiver, from its receipt to the result.',
    advice: { explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] },
  });
}

interface Watchers {
  readonly tracing: boolean;
  readonly histogram: Histogram | undefined;
}

class ObservedOperation implements OperationSpan {
  readonly #environment: Environment;
  readonly #histogram: Histogram | undefined;
  readonly #startedAt: number;
  readonly #attributes: Attributes;
  readonly #parent: Context;
  readonly #span: Span | undefined;

  constructor(observed: Observable, environment: Environment, { tracing, histogram }: Watchers) {
    this.#environment = environment;
    this.#histogram = histogram;
    this.#startedAt = environment.now();
    this.#attributes = attributesOf(observed);
    this.#parent = propagation.extract(context.active() ?? ROOT_CONTEXT, observed.caller.trace ?? {});
    this.#span = tracing ? this.#startSpan(observed) : undefined;
  }

  within<T>(run: () => T): T {
    const active = this.#span === undefined ? this.#parent : trace.setSpan(this.#parent, this.#span);
    return context.with(active, run);
  }

  end(error: unknown, outcome?: Outcome): void {
    const failure = failureOf(error, outcome);
    if (failure !== undefined) {
      Object.assign(this.#attributes, failure);
      this.#span?.setAttributes(failure);
      this.#span?.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span?.end();
    this.#histogram?.record((this.#environment.now() - this.#startedAt) / 1000, this.#attributes);
  }

  #startSpan(observed: Observable): Span {
    const method = observed.request?.method ?? '';
    const target = method === 'tools/call' || method === 'prompts/get' ? ` ${observed.name ?? ''}` : '';
    const attributes = { ...this.#attributes, ...spanAttributes(observed) };
    const options = { kind: SpanKind.SERVER, attributes };
    return trace.getTracer(SCOPE).startSpan(`${method}${target}`, options, this.#parent);
  }
}

/** Attributes of spans and metrics alike: few values each. */
function attributesOf(observed: Observable): Attributes {
  const method = observed.request?.method ?? '';
  const http = observed.exchange.transport === 'http';
  const attributes: Attributes = {
    'mcp.method.name': method,
    'mcp.protocol.version': PROTOCOL_VERSION,
    'network.transport': http ? 'tcp' : 'pipe',
  };
  if (http) attributes['network.protocol.name'] = 'http';
  if (method === 'tools/call') {
    attributes['gen_ai.operation.name'] = 'execute_tool';
    attributes['gen_ai.tool.name'] = observed.name ?? '';
  }
  if (method === 'prompts/get') attributes['gen_ai.prompt.name'] = observed.name ?? '';
  return attributes;
}

/** What only spans can hold: every request has its own. */
function spanAttributes(observed: Observable): Attributes {
  const attributes: Attributes = { 'jsonrpc.request.id': String(observed.id ?? '') };
  if (observed.request?.method === 'resources/read') attributes['mcp.resource.uri'] = observed.name ?? '';
  return attributes;
}

/** Never an error's message: it may hold what the caller's own telemetry must not. */
function failureOf(error: unknown, outcome: Outcome): Attributes | undefined {
  if (error instanceof ProtocolError) {
    return { 'error.type': String(error.code), 'rpc.response.status_code': String(error.code) };
  }
  if (error !== undefined) return { 'error.type': error instanceof Error ? error.name : '_OTHER' };
  if (outcome === undefined || outcome instanceof Prepared) return undefined;
  return outcome['isError'] === true ? { 'error.type': 'tool_error' } : undefined;
}
