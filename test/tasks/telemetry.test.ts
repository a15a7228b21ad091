import { context, metrics, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWNER, saying, World } from './world.ts';

const spans = new InMemorySpanExporter();
const figures = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: figures, exportIntervalMillis: 3_600_000 });
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
});

beforeEach(() => spans.reset());

afterAll(async () => {
  await reader.shutdown();
  for (const api of [trace, context, propagation, metrics]) api.disable();
});

describe('telemetry of tasks', () => {
  it('has a span for each run, linked to the request that made the task, and counts what came of them', async () => {
    const world = new World();
    const { engine } = world.instance();
    let runs = 0;
    let watched = false;
    engine.handle(
      'tool',
      () => {
        runs += 1;
        if (watched) expect(trace.getActiveSpan()?.spanContext().spanId).toBeDefined();
        if (watched && runs === 1) throw new Error('secret');
        return saying('done');
      },
      { backoff: { baseMs: 10, jitter: 0 } },
    );
    engine.handle('waiting', () => saying('never'), { concurrency: 1 });
    engine.start();
    // The run that notices the SDK goes unwatched.
    for (let tries = 0; tries < 100 && spans.getFinishedSpans().length === 0; tries += 1) {
      await engine.create({ owner: OWNER, tool: 'tool', params: {} });
      await world.pass(1);
    }
    spans.reset();
    runs = 0;
    watched = true;
    const request = provider.getTracer('test').startSpan('tools/call tool');
    await context.with(trace.setSpan(context.active(), request), () =>
      engine.create({ owner: OWNER, tool: 'tool', params: {} }),
    );
    await world.pass(1_000);
    const [failed, done] = spans.getFinishedSpans();
    expect([failed?.name, failed?.kind, failed?.status.code]).toEqual([
      'task tool',
      SpanKind.CONSUMER,
      SpanStatusCode.ERROR,
    ]);
    expect(failed?.attributes).toMatchObject({
      'gen_ai.tool.name': 'tool',
      'switchyard.task.attempt': 1,
      'switchyard.task.outcome': 'retry',
    });
    expect(done?.attributes).toMatchObject({
      'switchyard.task.attempt': 2,
      'switchyard.task.outcome': 'completed',
    });
    for (const span of [failed, done]) {
      expect(span?.links.map((link) => link.context.spanId)).toEqual([request.spanContext().spanId]);
      expect(span?.parentSpanContext).toBeUndefined();
    }
    expect(JSON.stringify([failed?.attributes, failed?.events, failed?.status])).not.toContain('secret');
    await engine.close();
    await world.store.create([
      {
        id: 'w',
        owner: OWNER,
        method: 'tools/call',
        tool: 'waiting',
        params: '{}',
        context: '{}',
        ttlMs: null,
        retentionMs: null,
        pollIntervalMs: 1,
        priority: 0,
      },
    ]);
    await world.pass(2_000);
    const found = await collect();
    const points = (name: string) =>
      found.get(name)?.dataPoints.map(({ attributes, value }) => ({ ...attributes, value })) ?? [];
    expect(points('switchyard.tasks.outcomes')).toContainEqual({
      'gen_ai.tool.name': 'tool',
      'switchyard.task.outcome': 'retry',
      value: 1,
    });
    expect(points('switchyard.tasks.attempts')).toContainEqual({
      'gen_ai.tool.name': 'tool',
      'switchyard.task.outcome': 'completed',
      value: expect.objectContaining({ max: 2 }),
    });
    expect(points('switchyard.tasks.queue.depth')).toContainEqual({
      'gen_ai.tool.name': 'waiting',
      'switchyard.task.state': 'queued',
      value: 1,
    });
    expect(points('switchyard.tasks.queue.age')).toEqual([{ 'gen_ai.tool.name': 'waiting', value: 2 }]);
    expect(points('switchyard.tasks.run.duration').length).toBeGreaterThanOrEqual(2);
  });
});

async function collect(): Promise<ReadonlyMap<string, MetricData>> {
  await reader.forceFlush();
  const last = figures.getMetrics().at(-1);
  return new Map(
    last?.scopeMetrics.flatMap((scope) =>
      scope.metrics.map((metric) => [metric.descriptor.name, metric] as const),
    ),
  );
}
