import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { ServerOptions } from '@switchyard/server';
import { createServer, ProtocolError, ToolError } from '@switchyard/server';
import { afterEach, describe, expect, it } from 'vitest';
import { turn } from '../../support/environment.ts';
import type { Build } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;

/** Sets OpenTelemetry's SDK up for this test alone. */
function sdk() {
  const spans = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return {
    spans: (): ReadableSpan[] => spans.getFinishedSpans(),
    async points() {
      await reader.forceFlush();
      const scopes = points.getMetrics().at(-1)?.scopeMetrics ?? [];
      await reader.shutdown();
      return scopes.flatMap((scope) => scope.metrics);
    },
  };
}

afterEach(() => {
  for (const api of [trace, context, propagation, metrics]) api.disable();
});

const build =
  (more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'telemetry', version: '1.0.0' }, { ...options, ...more });
    server.registerTool('fine', {}, async () => {
      await turn();
      return trace.getActiveSpan()?.spanContext().spanId ?? 'none';
    });
    server.registerTool('told', {}, () => {
      throw new ToolError('SECRET');
    });
    server.registerTool('broken', {}, async () => {
      throw new RangeError('SECRET');
    });
    server.registerTool('refused', {}, () => {
      throw new ProtocolError(77, 'SECRET');
    });
    server.registerResource('r', 'app://r', {}, () => 'x');
    server.registerPrompt('p', {}, () => {
      throw new RangeError('SECRET');
    });
    return server;
  };

everywhere('telemetry', (start, way) => {
  it('makes one span for each operation, continued from the trace of the request [BASE-051]', async () => {
    const { spans } = sdk();
    const peer = await start(build());
    const meta = { traceparent: TRACEPARENT, tracestate: 'vendor=1' };
    const answer = await peer.call('tools/call', { name: 'fine' }, { meta, id: 'r-1' });
    const [span, ...more] = spans();
    expect(more).toEqual([]);
    expect(span).toMatchObject({ name: 'tools/call fine', kind: SpanKind.SERVER });
    expect(span?.spanContext().traceId).toBe(TRACE_ID);
    expect(span?.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(span?.parentSpanContext?.spanId).toBe(PARENT_ID);
    expect(span?.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': '2026-07-28',
      'network.transport': way === 'stdio' ? 'pipe' : 'tcp',
      ...(way === 'stdio' ? {} : { 'network.protocol.name': 'http' }),
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'fine',
      'jsonrpc.request.id': 'r-1',
    });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(answer.result, 'the handler runs within the span').toMatchObject({
      content: [{ text: span?.spanContext().spanId }],
    });
  });

  it.each([
    '00-0-0-01',
    `00-${'0'.repeat(32)}-${PARENT_ID}-01`,
    `ff-${TRACE_ID}-${PARENT_ID}-01`,
    'x'.repeat(600),
    7,
    {},
    null,
  ])('begins a trace of its own where the request brings %j [BASE-051]', async (traceparent) => {
    const { spans } = sdk();
    const peer = await start(build());
    expect(
      (await peer.call('tools/call', { name: 'fine' }, { meta: { traceparent, tracestate: 'a=b' } })).code,
    ).toBeUndefined();
    const [span] = spans();
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.spanContext().traceId).not.toBe(TRACE_ID);
    expect(span?.spanContext().traceState).toBeUndefined();
  });

  it.each<[string, string, Readonly<Record<string, unknown>>, object]>([
    ['an error that the model is told of', 'tools/call', { name: 'told' }, { 'error.type': 'tool_error' }],
    ['an error that is hidden', 'tools/call', { name: 'broken' }, { 'error.type': 'tool_error' }],
    [
      'a protocol error',
      'tools/call',
      { name: 'refused' },
      { 'error.type': '77', 'rpc.response.status_code': '77' },
    ],
    ['an error outside of tools', 'prompts/get', { name: 'p' }, { 'error.type': 'RangeError' }],
    [
      'a bad cursor',
      'tools/list',
      { cursor: 'x' },
      { 'error.type': '-32602', 'rpc.response.status_code': '-32602' },
    ],
  ])('marks %s, and never repeats its message', async (_what, method, params, attributes) => {
    const { spans, points } = sdk();
    const peer = await start(build());
    await peer.call(method, params);
    peer.errors.splice(0);
    const [span] = spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toMatchObject(attributes);
    expect(span?.events).toEqual([]);
    const [duration] = await points();
    expect(duration?.dataPoints[0]?.attributes).toMatchObject(attributes);
    const told = JSON.stringify([
      span?.name,
      span?.attributes,
      span?.status,
      span?.events,
      duration?.dataPoints,
    ]);
    expect(told).not.toContain('SECRET');
  });

  it('measures how long operations take, by few values', async () => {
    const { points } = sdk();
    const peer = await start((options) => {
      const server = createServer({ name: 'telemetry', version: '1.0.0' }, options);
      server.registerTool('slow', {}, async () => {
        options.environment.advance(250);
        return 'x';
      });
      return server;
    });
    for (const id of [1, 2, 3]) await peer.call('tools/call', { name: 'slow' }, { id });
    const [duration, ...more] = await points();
    expect(more).toEqual([]);
    expect(duration?.descriptor).toMatchObject({ name: 'mcp.server.operation.duration', unit: 's' });
    expect(duration?.dataPoints).toHaveLength(1);
    expect(duration?.dataPoints[0]).toMatchObject({
      value: { count: 3, sum: 0.75 },
      attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'slow' },
    });
    expect(Object.keys(duration?.dataPoints[0]?.attributes ?? {})).not.toContain('jsonrpc.request.id');
  });

  it('names what is read and got', async () => {
    const { spans } = sdk();
    const peer = await start(build());
    await peer.call('resources/read', { uri: 'app://r' });
    await peer.call('prompts/get', { name: 'p' });
    peer.errors.splice(0);
    await peer.call('tools/list');
    expect(
      spans().map(({ name, attributes }) => [
        name,
        attributes['mcp.resource.uri'],
        attributes['gen_ai.prompt.name'],
      ]),
    ).toEqual([
      ['resources/read', 'app://r', undefined],
      ['prompts/get p', undefined, 'p'],
      ['tools/list', undefined, undefined],
    ]);
  });

  it('gives every request its own span, though they run side by side', async () => {
    const { spans } = sdk();
    const peer = await start(build());
    const ids = Array.from({ length: 10 }, (_, index) => `r${index}`);
    const answers = await Promise.all(ids.map((id) => peer.call('tools/call', { name: 'fine' }, { id })));
    const byId = new Map(
      spans().map((span) => [span.attributes['jsonrpc.request.id'], span.spanContext().spanId]),
    );
    expect(byId.size).toBe(10);
    for (const [index, id] of ids.entries()) {
      expect(answers[index]?.result).toMatchObject({ content: [{ text: byId.get(id) }] });
    }
  });
});

describe('telemetry', () => {
  const request = () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      traceparent: TRACEPARENT,
    };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'fine', _meta } };
    const headers = {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'fine',
    };
    return new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body: JSON.stringify(body) });
  };
  const serverOf = (options: ServerOptions = {}) =>
    build()({ ...options, onError: () => undefined } as never);
  const textOf = async (response: Response): Promise<unknown> => JSON.stringify(await response.json());

  it('is nothing where there is no SDK, and begins when there is one', async () => {
    const server = serverOf();
    expect(await textOf(await server.fetch(request()))).toContain('"none"');
    const { spans, points } = sdk();
    expect(await textOf(await server.fetch(request()))).not.toContain('"none"');
    expect(spans()).toHaveLength(1);
    expect((await points())[0]?.dataPoints[0]?.value).toMatchObject({ count: 1 });
  });

  it('measures where there are only metrics, and traces where there are only traces', async () => {
    const { points } = sdk();
    trace.disable();
    const server = serverOf();
    await server.fetch(request());
    expect((await points())[0]?.dataPoints[0]?.value).toMatchObject({ count: 1 });
    const { spans } = sdk();
    metrics.disable();
    await server.fetch(request());
    expect(spans()).toHaveLength(1);
  });

  it('is nothing where it is turned off', async () => {
    const { spans, points } = sdk();
    const server = serverOf({ telemetry: false });
    expect(await textOf(await server.fetch(request()))).toContain('"none"');
    expect(spans()).toEqual([]);
    expect(await points()).toEqual([]);
  });
});
