import { afterEach, describe, expect, it } from 'vitest';
import type { Asked } from './asked.ts';
import { startTelemetry } from './telemetry.ts';

const REGISTRY = Symbol.for('opentelemetry.js.api.1');
const ENDPOINT = 'http://127.0.0.1:4318';

async function asked(env: Record<string, string>) {
  const loads: Asked[] = [];
  const warnings: string[] = [];
  const telemetry = await startTelemetry(
    { env, service: 's', warn: (text) => warnings.push(text) },
    async (what) => {
      loads.push(what);
      return { close: async () => undefined };
    },
  );
  return { signals: loads.map(({ signals }) => Object.fromEntries(signals)), warnings, telemetry };
}

afterEach(() => void Reflect.deleteProperty(globalThis, REGISTRY));

describe('startTelemetry', () => {
  it.each([
    {},
    { OTEL_SERVICE_NAME: 'gateway', OTEL_TRACES_SAMPLER: 'always_on' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
  ])('loads nothing for %j', async (env) => {
    expect(await asked(env)).toEqual({ signals: [], warnings: [], telemetry: undefined });
  });

  it('loads nothing where an SDK has registered', async () => {
    Reflect.set(globalThis, REGISTRY, { version: '1.9.1' });
    expect((await asked({ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT })).signals).toEqual([]);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, { traces: 'http/protobuf', metrics: 'http/protobuf' }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT }, { traces: 'http/protobuf' }],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: ENDPOINT }, { metrics: 'http/protobuf' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_METRICS_EXPORTER: 'none' }, { traces: 'http/protobuf' }],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
      },
      { traces: 'http/json', metrics: 'http/protobuf' },
    ],
  ])('%j asks for %j', async (env, signals) => {
    expect(await asked(env)).toMatchObject({ signals: [signals], warnings: [] });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'user:secret@host' }, /TRACES_ENDPOINT is no http or https URL$/],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      /may be http\/protobuf or http\/json$/,
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' },
      /OTEL_TRACES_EXPORTER may be otlp or none$/,
    ],
  ])('%j is told, and nothing is loaded', async (env, why) => {
    const { signals, warnings } = await asked(env);
    expect(signals).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(why)]);
    expect(warnings.join()).not.toContain('secret');
  });

  it('a load that fails is told, and nothing else comes of it', async () => {
    const warnings: string[] = [];
    const started = startTelemetry(
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, service: 's', warn: (text) => warnings.push(text) },
      () => Promise.reject(new Error('not installed')),
    );
    expect(await started).toBeUndefined();
    expect(warnings).toEqual(['it cannot be started: not installed']);
  });
});
