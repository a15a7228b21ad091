import { trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { systemEnvironment } from '../environment.ts';
import { lazyTelemetry } from './lazy-telemetry.ts';
import type { Observable, OperationSpan } from './telemetry.ts';

const SPAN: OperationSpan = { within: (run) => run(), end: () => undefined };
const REQUEST: Observable = {
  request: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  id: 1,
  name: undefined,
  caller: { protocolVersion: '2026-07-28', clientCapabilities: {} },
  exchange: { transport: 'http' },
};

function counting() {
  const count = { loads: 0 };
  const telemetry = lazyTelemetry(systemEnvironment, async () => {
    count.loads += 1;
    return { start: () => SPAN };
  });
  return { telemetry, count };
}

const register = () => trace.setGlobalTracerProvider({ getTracer: () => trace.getTracer('test') });

afterEach(() => {
  trace.disable();
  Reflect.deleteProperty(globalThis, Symbol.for('opentelemetry.js.api.1'));
});

describe('lazyTelemetry', () => {
  it('loads nothing while no SDK has registered', async () => {
    const { telemetry, count } = counting();
    await telemetry.ready?.();
    expect(telemetry.start(REQUEST)).toBeUndefined();
    expect(count.loads).toBe(0);
  });

  it('watches from the first operation where an SDK registered before', async () => {
    register();
    const { telemetry, count } = counting();
    await telemetry.ready?.();
    expect(telemetry.start(REQUEST)).toBe(SPAN);
    await telemetry.ready?.();
    expect(count.loads).toBe(1);
  });

  it('notices an SDK that registers later, and loads once', async () => {
    const { telemetry, count } = counting();
    await telemetry.ready?.();
    register();
    expect(telemetry.start(REQUEST)).toBeUndefined();
    expect(telemetry.start(REQUEST)).toBeUndefined();
    await telemetry.ready?.();
    expect(telemetry.start(REQUEST)).toBe(SPAN);
    expect(count.loads).toBe(1);
  });

  it('outlives a load that fails', async () => {
    register();
    const telemetry = lazyTelemetry(systemEnvironment, () => Promise.reject(new Error('not installed')));
    expect(telemetry.start(REQUEST)).toBeUndefined();
    await expect(telemetry.ready?.()).rejects.toThrow('not installed');
    expect(telemetry.start(REQUEST)).toBeUndefined();
  });
});
