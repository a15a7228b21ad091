import {
  type Attributes,
  type Histogram,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { PROTOCOL_VERSION } from '@switchyard/wire';
import type { Ending, Exchange } from '../exchange.ts';

const SCOPE = '@switchyard/gateway';
const BOUNDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

/** Watches exchanges for OpenTelemetry. */
export interface Watcher {
  /** Begins the span of an exchange, and puts its context into the headers that go on to the server. */
  begin(exchange: Exchange): void;
}

/**
 * Spans and metrics by the OpenTelemetry semantic conventions for MCP: a SERVER span for each exchange, continued from the
 * `traceparent` header and passed on in it, and the histogram `mcp.server.operation.duration`. `_meta` goes through as it
 * is: its context stays the caller's.
 */
export function openTelemetry(now: () => number): Watcher {
  const histogram = metrics.getMeter(SCOPE).createHistogram('mcp.server.operation.duration', {
    unit: 's',
    description: 'Duration of an MCP request as observed on the receiver, from its receipt to the result.',
    advice: { explicitBucketBoundaries: BOUNDS },
  });
  return {
    begin(exchange) {
      const { headers } = exchange.req;
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const attributes = attributesOf(exchange);
      const name = target(exchange);
      const span = trace
        .getTracer(SCOPE)
        .startSpan(
          name === undefined ? exchange.request.method : `${exchange.request.method} ${name}`,
          { kind: SpanKind.SERVER, attributes: { ...attributes, ...spanAttributes(exchange) } },
          parent,
        );
      const carrier: Record<string, string> = {};
      propagation.inject(trace.setSpan(parent, span), carrier);
      exchange.traceHeaders = Object.entries(carrier).flat();
      const startedAt = now();
      exchange.onEnd((ending) =>
        finish({ exchange, span, histogram, attributes, seconds: (now() - startedAt) / 1000 }, ending),
      );
    },
  };
}

// ---

interface Watched {
  readonly exchange: Exchange;
  readonly span: Span;
  readonly histogram: Histogram;
  readonly attributes: Attributes;
  readonly seconds: number;
}

function finish({ exchange, span, histogram, attributes, seconds }: Watched, ending: Ending): void {
  const error = errorOf(ending);
  const failure = error === undefined ? {} : { 'error.type': error };
  const replica = exchange.replica?.plan.label;
  span.setAttributes({
    ...failure,
    ...(replica === undefined ? {} : { 'switchyard.replica': replica }),
    ...(ending.status === undefined ? {} : { 'http.response.status_code': ending.status }),
  });
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
  histogram.record(seconds, { ...attributes, ...failure });
}

/** Attributes of spans and metrics alike. */
function attributesOf({ request }: Exchange): Attributes {
  const server = request.server?.plan.name;
  return {
    'mcp.method.name': request.method,
    'mcp.protocol.version': PROTOCOL_VERSION,
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    ...(server === undefined ? {} : { 'switchyard.server': server }),
  };
}

/** What only spans can hold: callers choose names, and an SDK keeps each of a metric's for ever. */
function spanAttributes({ request }: Exchange): Attributes {
  const { method, name } = request;
  if (name === undefined) return {};
  if (method === 'tools/call') return { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name };
  if (method === 'prompts/get') return { 'gen_ai.prompt.name': name };
  return method === 'resources/read' ? { 'mcp.resource.uri': name } : {};
}

function target({ request }: Exchange): string | undefined {
  return request.method === 'tools/call' || request.method === 'prompts/get' ? request.name : undefined;
}

function errorOf({ status, complete, refusedFor }: Ending): string | undefined {
  if (refusedFor !== undefined) return refusedFor;
  if (status === undefined) return 'left';
  if (status >= 400) return String(status);
  return complete ? undefined : 'cut';
}
