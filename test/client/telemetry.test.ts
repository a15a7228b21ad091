import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createClient, telemetryLink } from '@switchyard/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Answered, scripted } from './scripted.ts';

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
});

beforeEach(() => exporter.reset());

afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

it('makes a span of every attempt, and sends its context along [BASE-070]', async () => {
  const { link, received } = scripted(() => ({ content: [] }));
  const client = createClient({ link, links: [telemetryLink({ url: 'https://example.com/mcp' })] });
  await client.callTool('add', { secret: 'x' });
  const [span] = exporter.getFinishedSpans();
  expect(span).toMatchObject({ name: 'tools/call add', kind: SpanKind.CLIENT });
  expect(span?.attributes).toMatchObject({
    'mcp.method.name': 'tools/call',
    'mcp.protocol.version': '2026-07-28',
    'gen_ai.tool.name': 'add',
    'server.address': 'example.com',
    'server.port': 443,
  });
  const { traceId, spanId } = span?.spanContext() ?? {};
  expect(received[0]?.params['_meta']).toMatchObject({ traceparent: `00-${traceId}-${spanId}-01` });
  expect(JSON.stringify(span?.attributes)).not.toContain('secret');
});

it('says what went wrong by its code, and nothing of its text', async () => {
  const { link } = scripted(() => {
    throw new Answered(-32602);
  });
  const client = createClient({ link, links: [telemetryLink()] });
  await expect(client.readResource('a:1')).rejects.toMatchObject({ code: -32602 });
  const [span] = exporter.getFinishedSpans();
  expect(span?.attributes).toMatchObject({ 'error.type': '-32602', 'mcp.resource.uri': 'a:1' });
  expect(span?.status).toEqual({ code: 2 });
});

it('makes no span of what comes out of the cache', async () => {
  const { link } = scripted(() => ({ tools: [], ttlMs: 1000, cacheScope: 'private' }));
  const client = createClient({ link, links: [telemetryLink()] });
  await client.listTools();
  await client.listTools();
  expect(exporter.getFinishedSpans()).toHaveLength(1);
});
