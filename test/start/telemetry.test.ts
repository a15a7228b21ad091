import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { answering, post, type Upstream, upstream } from '../../packages/gateway/test/support.ts';
import { until } from '../../packages/gateway/test/until.ts';
import { collector } from './support/collector.ts';
import { cleanUp, start } from './support/command.ts';
import { project } from './support/project.ts';
import { textOf } from './support/rpc.ts';

afterEach(cleanUp);

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`;

/** Writes down, at the end of the process, which packages of OpenTelemetry it has loaded. */
const PRELOAD = `import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
const { cache } = createRequire(import.meta.url);
process.on('exit', () => {
  const loaded = Object.keys(cache).map((file) => /@opentelemetry\\/([^/]+)/.exec(file)?.[1]);
  writeFileSync('loaded.json', JSON.stringify([...new Set(loaded.filter((name) => name !== undefined))]));
});
`;
const PRELOADED = { NODE_OPTIONS: '--import ./preload.mjs' };
const JSON_EVERY_TICK = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '20' };

async function behind({ url }: Upstream, env: Record<string, string>, ...args: string[]) {
  const made = project({
    'gateway.yaml': `listen: { port: 0 }\nservers: { s: { path: /mcp, replicas: [${url}] } }\n`,
    'preload.mjs': PRELOAD,
  });
  const running = start(['gateway', 'gateway.yaml', ...args], { cwd: made.folder, env });
  const [, base = ''] = await running.says(/(http:\/\/\S+)\/mcp/);
  const loaded = (): unknown => JSON.parse(readFileSync(path.join(made.folder, 'loaded.json'), 'utf8'));
  return { running, base, loaded, [Symbol.dispose]: () => made[Symbol.dispose]() };
}

test('a call is a span that continues the caller’s, and a metric, which are sent on', async () => {
  const [server, seen] = [await upstream(answering()), await collector()];
  using gateway = await behind(server, {
    ...JSON_EVERY_TICK,
    OTEL_EXPORTER_OTLP_ENDPOINT: seen.url,
    OTEL_METRIC_EXPORT_INTERVAL: '50',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  const { base } = gateway;
  await until(async () => {
    await post(base, { name: 'add', headers: { traceparent, baggage: 'a=b' } });
    return seen.spans.length > 0 && seen.points.length > 0;
  });
  const span = seen.spans.at(-1);
  expect(span).toMatchObject({
    name: 'tools/call add',
    kind: 2,
    traceId: TRACE_ID,
    parentSpanId: PARENT_ID,
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'add',
      'gen_ai.operation.name': 'execute_tool',
      'switchyard.server': 's',
      'http.response.status_code': 200,
    },
    resource: {
      'service.name': 'switchyard-gateway',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'deployment.environment.name': 'test',
    },
  });
  const passedOn = server.seen.map(({ headers }) => headers['traceparent']);
  expect(passedOn).toContain(`00-${TRACE_ID}-${span?.spanId}-01`);
  expect(server.seen.at(-1)?.headers['baggage']).toBe('a=b');
  expect(seen.points[0]).toMatchObject({
    metric: 'mcp.server.operation.duration',
    unit: 's',
    attributes: { 'mcp.method.name': 'tools/call', 'switchyard.server': 's' },
  });
});

test('protobuf is the default, and what is left when the process is told to stop is sent', async () => {
  const [server, seen] = [await upstream(answering()), await collector()];
  using gateway = await behind(server, {
    OTEL_EXPORTER_OTLP_ENDPOINT: seen.url,
    OTEL_SERVICE_NAME: 'front-door',
    OTEL_BSP_SCHEDULE_DELAY: '600000',
  });
  await until(async () => {
    await post(gateway.base, { name: 'add', headers: { traceparent } });
    const sent = server.seen.at(-1)?.headers['traceparent'];
    return sent !== undefined && sent !== traceparent;
  });
  expect(seen.bodies).toEqual([]);
  gateway.running.signal('SIGTERM');
  expect(await gateway.running.ended).toBe(0);
  const text = (at: string) =>
    seen.bodies
      .filter(({ path, type }) => path === at && type === 'application/x-protobuf')
      .map(({ bytes }) => bytes.toString('latin1'))
      .join('');
  expect(text('/v1/traces')).toContain('tools/call add');
  expect(text('/v1/traces')).toContain(Buffer.from(TRACE_ID, 'hex').toString('latin1'));
  expect(text('/v1/traces')).toContain('front-door');
  expect(text('/v1/metrics')).toContain('mcp.server.operation.duration');
});

test('the sampler is the one that the environment names', async () => {
  const [server, seen] = [await upstream(answering()), await collector()];
  using gateway = await behind(server, {
    ...JSON_EVERY_TICK,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${seen.url}/mine`,
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  });
  await until(async () => {
    await post(gateway.base, { name: 'unsampled' });
    await post(gateway.base, { name: 'add', headers: { traceparent } });
    return seen.spans.length > 1;
  });
  expect(new Set(seen.spans.map(({ name }) => name))).toEqual(new Set(['tools/call add']));
  expect(new Set(seen.bodies.map(({ path }) => path))).toEqual(new Set(['/mine']));
});

test('a collector that is not there is told of once, and calls and the end do not wait for it', async () => {
  const server = await upstream(answering());
  using gateway = await behind(
    server,
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_METRIC_EXPORT_INTERVAL: '150',
    },
    '--log',
    'json',
  );
  const { running, base } = gateway;
  const [told = ''] = await Promise.all([
    running.says(/^\{.*"type":"telemetry".*\}$/m).then(([line]) => line),
    until(async () => {
      expect((await post(base, { name: 'add' })).status).toBe(200);
      return running.err().includes('told once');
    }),
  ]);
  expect(JSON.parse(told)).toMatchObject({ message: expect.stringContaining('cannot be delivered') });
  for (let i = 0; i < 20; i += 1) expect((await post(base, { name: 'add' })).status).toBe(200);
  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
  expect(running.err().match(/"telemetry"/g)).toHaveLength(1);
});

test('a collector that takes everything and never answers does not hold up the end', async () => {
  const [server, seen] = [await upstream(answering()), await collector({ answers: false })];
  using gateway = await behind(server, { ...JSON_EVERY_TICK, OTEL_EXPORTER_OTLP_ENDPOINT: seen.url });
  await until(async () => {
    expect((await post(gateway.base, { name: 'add' })).status).toBe(200);
    return seen.spans.length > 0;
  });
  const since = Date.now();
  gateway.running.signal('SIGTERM');
  expect(await gateway.running.ended).toBe(0);
  expect(Date.now() - since).toBeLessThan(8000);
  expect(gateway.running.err()).toMatch(/telemetry: it cannot be delivered.*not taken within 3 s/);
});

test.each([
  ['nothing of OpenTelemetry is loaded without the environment', { OTEL_SERVICE_NAME: 'x' }, false],
  ['it is loaded where an endpoint is named', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, true],
])('%s', async (_, env, loads) => {
  const server = await upstream(answering());
  using gateway = await behind(server, { ...PRELOADED, ...env });
  expect((await post(gateway.base, { headers: { traceparent } })).status).toBe(200);
  gateway.running.signal('SIGTERM');
  expect(await gateway.running.ended).toBe(0);
  const loaded = gateway.loaded();
  if (loads) expect(loaded).toEqual(expect.arrayContaining(['api', 'sdk-metrics', 'sdk-trace-base']));
  else expect(loaded).toEqual([]);
});

test('switchyard serve exports what its server does', async () => {
  const seen = await collector();
  using made = project({
    'server.ts': `import { createServer } from '@switchyard/server';
const server = createServer({ name: 'demo', version: '1.0.0' });
server.registerTool('who', {}, () => 'me');
export default server;
`,
  });
  const running = start(['serve', 'server.ts', '--port', '0'], {
    cwd: made.folder,
    env: { ...JSON_EVERY_TICK, OTEL_EXPORTER_OTLP_ENDPOINT: seen.url },
  });
  const [, url = ''] = await running.says(/at (http:\S+)/);
  await until(async () => (await textOf(url, 'who')) === 'me' && seen.spans.length > 0);
  expect(seen.spans[0]).toMatchObject({
    name: 'tools/call who',
    resource: { 'service.name': 'switchyard-serve' },
  });
  running.signal('SIGTERM');
  expect(await running.ended).toBe(0);
  expect(seen.points[0]).toMatchObject({ metric: 'mcp.server.operation.duration' });
});
