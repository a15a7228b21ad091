import { propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { answering, gatewayTo, nowhere, post, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`;

function sdk(): InMemorySpanExporter {
  const spans = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return spans;
}

afterEach(() => {
  trace.disable();
  propagation.disable();
  Reflect.deleteProperty(globalThis, Symbol.for('opentelemetry.js.api.1'));
});

describe('with an SDK of OpenTelemetry', () => {
  it('an exchange is a span by the conventions for MCP, continued from the caller and passed on', async () => {
    const spans = sdk();
    const { url, seen } = await upstream(answering());
    const { url: base } = await gatewayTo([url]);
    await until(async () => {
      await post(base, { name: 'add', headers: { traceparent, tracestate: 'a=b' } });
      return spans.getFinishedSpans().length > 0;
    });
    const span = spans.getFinishedSpans().at(-1);
    expect(span).toMatchObject({ name: 'tools/call add', kind: 1 });
    expect(span?.parentSpanContext?.spanId).toBe(PARENT_ID);
    expect(span?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'add',
      'gen_ai.operation.name': 'execute_tool',
      'switchyard.server': 's',
      'switchyard.replica': url,
      'http.response.status_code': 200,
    });
    const sent = seen.at(-1)?.headers;
    expect(sent?.['traceparent']).toBe(`00-${TRACE_ID}-${span?.spanContext().spanId}-01`);
    expect(sent?.['tracestate']).toBe('a=b');
  });

  it('says what went wrong', async () => {
    const spans = sdk();
    const { url: base } = await gatewayTo([await nowhere()]);
    await until(async () => {
      await post(base);
      return spans.getFinishedSpans().length > 0;
    });
    expect(spans.getFinishedSpans()[0]).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'no-replica', 'http.response.status_code': 503 },
    });
  });
});

describe('without one', () => {
  it('trace headers go through as they came', async () => {
    const { url, seen } = await upstream(answering());
    const { url: base } = await gatewayTo([url]);
    await post(base, { headers: { traceparent } });
    expect(seen[0]?.headers['traceparent']).toBe(traceparent);
  });
});
