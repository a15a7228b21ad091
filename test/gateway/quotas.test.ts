import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { GatewayConfig, QuotaConfig } from '@switchyard/gateway';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { NO_REDIS, ownRedis } from '../../packages/gateway/test/redis.ts';
import { open, post, upstream } from '../../packages/gateway/test/support.ts';
import { message } from '../../packages/gateway/test/toolbox.ts';
import { until } from '../../packages/gateway/test/until.ts';
import { BIN, cleanUp, startNode } from '../start/support/command.ts';
import { ANN, BOB, type World, world } from './quota-world.ts';

afterEach(cleanUp);

const HOUR = 3_600_000;

describe('a quota of requests', () => {
  it('lets a burst through, then as many as it gains, to the millisecond', async () => {
    const { admitted, clock } = await world([{ name: 'q', limit: 60, every: '1m', burst: 5 }]);
    expect(await admitted(8)).toBe(5);
    clock.now = 999;
    expect(await admitted(1)).toBe(0);
    clock.now = 1000;
    expect(await admitted(2)).toBe(1);
    clock.now = 60_000;
    expect(await admitted(8)).toBe(5);
  });

  it('tells a program and a person which limit it was, whose, and when to come back', async () => {
    const { call, server, clock } = await world([
      { name: 'calls', per: ['caller', 'tool'], limit: 2, every: '1m' },
    ]);
    await call();
    await call();
    clock.now = 18_000;
    const answer = await call({ id: 7 });
    expect(answer.status).toBe(429);
    expect(answer.headers).toMatchObject({
      'retry-after': '12',
      ratelimit: '"calls";r=0;t=12',
      'ratelimit-policy': '"calls";q=2;w=60',
    });
    expect(answer.json).toEqual({
      jsonrpc: '2.0',
      id: 7,
      error: {
        code: 42901,
        message:
          'The quota "calls" is used up: 2 requests in 60 s for each caller and tool. Try again in 12 s',
        data: {
          source: 'gateway',
          reason: 'quota-exceeded',
          mayHaveRun: false,
          limit: { name: 'calls', requests: 2, seconds: 60, burst: 2 },
          scope: ['caller', 'tool'],
          retryAfterSeconds: 12,
        },
      },
    });
    expect(server.seen).toHaveLength(2);
    clock.now = 30_000;
    expect((await call()).status).toBe(200);
  });

  it('counts apart what it says, and nothing else', async () => {
    const quota = (name: string, per: string[]) => ({ name, per, limit: 1, every: '1h' });
    const tool = await world([quota('q', ['tool'])]);
    expect(await tool.admitted(2)).toBe(1);
    expect(await tool.admitted(2, { key: BOB.key, server: 'b' })).toBe(0);
    expect(await tool.admitted(2, { name: 'other' })).toBe(1);
    // Requests that call no tool are not concerned.
    expect(await tool.admitted(3, { method: 'tools/list' })).toBe(3);
    const both = await world([quota('q', ['caller', 'server'])]);
    expect(await both.admitted(2)).toBe(1);
    expect(await both.admitted(2, { key: BOB.key })).toBe(1);
    expect(await both.admitted(2, { server: 'b' })).toBe(1);
    const tenant = await world([quota('q', ['tenant'])]);
    expect((await tenant.admitted(2)) + (await tenant.admitted(2, { key: BOB.key }))).toBe(1);
    const method = await world([quota('q', ['method'])]);
    for (const one of ['tools/list', 'server/discover', 'resources/list'])
      expect(await method.admitted(2, { method: one })).toBe(1);
    const all = await world([quota('q', [])]);
    expect((await all.admitted(1, { method: 'server/discover' })) + (await all.admitted(2))).toBe(1);
  });

  it('knows a mirrored parameter however it is written [HTTP-031]', async () => {
    const { admitted } = await world([{ name: 'q', per: ['param:region'], limit: 1, every: '1h' }]);
    const region = (value?: string) => ({ headers: { 'mcp-param-region': value } });
    expect(await admitted(2, region('eu'))).toBe(1);
    expect(await admitted(1, region('=?base64?ZXU=?='))).toBe(0);
    expect(await admitted(2, region('us'))).toBe(1);
    expect(await admitted(2, region())).toBe(1);
  });

  it('knows an integer however it is written, and no parameter that stands twice [HTTP-031]', async () => {
    const { admitted, call, server } = await world([
      { name: 'q', per: ['param:account'], limit: 1, every: '1h' },
    ]);
    const account = (value: string | readonly string[]) => ({ headers: { 'mcp-param-account': value } });
    expect(await admitted(1, account('42'))).toBe(1);
    const written = [
      '42.0',
      '42.00',
      '4.2e1',
      '42e0',
      '42E0000',
      `42.${'0'.repeat(100)}`,
      '=?base64?NDIuMA==?=',
    ];
    for (const one of written) expect([one, await admitted(1, account(one))]).toEqual([one, 0]);
    // No numbers in the grammar of JSON: texts like any other.
    for (const one of ['042', '+42', '42.5'])
      expect([one, await admitted(2, account(one))]).toEqual([one, 1]);
    server.seen.length = 0;
    const twice = await call(account(['us', 'x1']));
    expect([twice.status, twice.json.error.code, server.seen]).toEqual([400, -32020, []]);
  });

  it('concerns the methods, servers and tools that it names', async () => {
    const limits = { limit: 1, every: '1h' };
    const { admitted } = await world([
      { name: 'lists', methods: ['tools/list', 'server/discover'], ...limits },
      { name: 'b', servers: ['b'], methods: ['tools/call'], ...limits },
      { name: 'wipe', tools: ['wipe'], ...limits },
    ]);
    expect(
      (await admitted(2, { method: 'tools/list' })) + (await admitted(2, { method: 'server/discover' })),
    ).toBe(1);
    expect([await admitted(3), await admitted(3, { server: 'b' })]).toEqual([3, 1]);
    expect(await admitted(3, { name: 'wipe' })).toBe(1);
  });

  it('of some servers concerns what a federation may ask of them', async () => {
    const quota = { name: 'a', servers: ['a'], limit: 1, every: '1h' };
    const ofAll = ['tools/list', 'server/discover', 'subscriptions/listen', 'completion/complete'];
    const to = (method: string) => ({ path: '/mcp', method, body: message(method) });
    for (const method of ofAll) {
      const { call, admitted } = await world([quota], { federation: {} });
      expect([method, await admitted(1)]).toEqual([method, 1]);
      expect([method, (await call(to(method))).status]).toEqual([method, 429]);
    }
    const { admitted } = await world([quota], { federation: {} });
    expect(await admitted(3, to('tools/list'))).toBe(1);
    // What names a thing is for its server alone, and for nobody where there is no such server.
    const named = (name: string) => ({ path: '/mcp', name, body: message('tools/call', { name }) });
    expect(await admitted(2, named('b__add'))).toBe(2);
    expect(await admitted(2, named('nowhere__add'))).toBe(2);
    expect(await admitted(1, named('a__add'))).toBe(0);
    const others = await world([quota], { federation: { servers: ['b'] } });
    expect(await others.admitted(2, to('tools/list'))).toBe(2);
  });

  it('is charged only where every other lets the request in, too', async () => {
    const { admitted, call, clock } = await world([
      { name: 'tool', per: ['tool'], limit: 1, every: '1h' },
      { name: 'all', limit: 3, every: '2h', burst: 3 },
    ]);
    expect(await admitted(10)).toBe(1);
    expect([await admitted(2, { name: 'x' }), await admitted(2, { name: 'y' })]).toEqual([1, 1]);
    // Of two that are short the one is named that is so for longer: coming back then is of use.
    clock.now = HOUR / 2;
    expect((await call()).json.error.data.limit.name).toBe('tool');
  });

  it('goes on where it was over a reload that leaves it as it is', async () => {
    const quota = { name: 'q', limit: 2, every: '1h' };
    const { admitted, gateway, config } = await world([quota]);
    expect(await admitted(1)).toBe(1);
    gateway.reload({ ...config, drain: '9s' });
    expect(await admitted(3)).toBe(1);
    gateway.reload({ ...config, quotas: [{ ...quota, limit: 3 }] });
    expect(await admitted(5)).toBe(3);
  });
});

describe('a quota of requests at once', () => {
  interface Held extends World {
    /** Responses that have not been given. */
    readonly waiting: ServerResponse[];
  }

  async function holding(quota: Partial<QuotaConfig>, more: Partial<GatewayConfig> = {}): Promise<Held> {
    const waiting: ServerResponse[] = [];
    const slow = await upstream((_, res) => {
      waiting.push(res);
    });
    const servers = { a: { replicas: [slow.url] } };
    const made = await world([{ name: 'q', concurrent: 2, ...quota }], { servers, ...more });
    return { ...made, waiting };
  }
  const answer = (res: ServerResponse | undefined) => res?.end('{}');

  it('gives a place back when a request is answered, and when its caller leaves', async () => {
    const { call, waiting, url } = await holding({ per: ['caller'] });
    const first = call();
    const leaving = open(url, { path: '/servers/a/mcp', headers: { 'x-api-key': ANN.key } });
    leaving.catch(() => undefined);
    await until(() => waiting.length === 2);
    const third = await call();
    expect([third.status, third.headers['retry-after']]).toEqual([429, '1']);
    expect(third.json.error.data).toMatchObject({ limit: { name: 'q', concurrent: 2 }, scope: ['caller'] });
    expect(third.json.error.message).toContain('2 requests at once for each caller');
    const others = call({ key: BOB.key });
    await until(() => waiting.length === 3);
    answer(waiting[0]);
    expect((await first).status).toBe(200);
    const fourth = call();
    await until(() => waiting.length === 4);
    for (const res of waiting) answer(res);
    expect([(await others).status, (await fourth).status]).toEqual([200, 200]);
  });

  it('gives back the place of a caller that breaks off', async () => {
    const { call, waiting, port } = await holding({ concurrent: 1 });
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /servers/a/mcp HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ${ANN.key}\r\nContent-Type: application/json\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/list\r\nContent-Length: 2\r\n\r\n{}`,
    );
    await until(() => waiting.length === 1);
    expect((await call()).status).toBe(429);
    socket.destroy();
    await until(async () => {
      const again = call();
      await Promise.race([again, until(() => waiting.length === 2)]);
      answer(waiting[1]);
      return (await again).status === 200;
    });
  });

  it('is kept by all instances together, and the places of one that is killed are free again', async ({
    skip,
  }) => {
    const redis = await ownRedis();
    if (redis === undefined) return skip(NO_REDIS);
    const state = { url: redis.url, lease: '1s' };
    const one = await holding({}, { state });
    const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-quotas-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'gateway.yaml');
    writeFileSync(file, JSON.stringify(one.config), { mode: 0o600 });
    const other = startNode([BIN, 'gateway', file, '--no-watch']);
    const base = (await other.says(/http:\/\/127\.0\.0\.1:\d+/))[0];
    const there = { path: '/servers/a/mcp', headers: { 'x-api-key': ANN.key } };
    const lost = Promise.allSettled([post(base, there), post(base, there)]);
    await until(() => one.waiting.length === 2);
    expect((await one.call()).status).toBe(429);
    // Leases are renewed for as long as the instance lives.
    const since = Date.now();
    await until(() => Date.now() - since > 1500);
    expect((await one.call()).status).toBe(429);
    other.signal('SIGKILL');
    await lost;
    const since2 = Date.now();
    await until(async () => {
      const again = one.call();
      await Promise.race([again, until(() => one.waiting.length > 2)]);
      answer(one.waiting[2]);
      return (await again).status === 200;
    });
    expect(Date.now() - since2).toBeLessThan(5000);
  });
});

describe('quotas that cannot be', () => {
  it.each<[string, object, string]>([
    ['that limit nothing', { name: 'q' }, 'quotas[0] limits nothing: give limit, concurrent, or both'],
    [
      'with a time and no limit',
      { name: 'q', concurrent: 1, every: '1m' },
      'quotas[0] has every or burst without limit',
    ],
    [
      'of an unknown server',
      { name: 'q', limit: 1, servers: ['x'] },
      'quotas[0].servers[0] is "x", which is no server',
    ],
    [
      'by what is not known',
      { name: 'q', limit: 1, per: ['ip'] },
      'expected caller, tenant, server, method, tool or param',
    ],
    ['of no time', { name: 'q', limit: 1, every: '0s' }, 'quotas[0].every must be more than nothing'],
    [
      'of tools without calls',
      { name: 'q', limit: 1, tools: ['a'], methods: ['tools/list'] },
      'names tools, and methods without tools/call',
    ],
  ])('%s are refused', async (_, quota, why) => {
    const { gateway, config } = await world([]);
    const servers = config.servers;
    expect(() => gateway.reload({ servers, listen: { port: 0 }, quotas: [quota as QuotaConfig] })).toThrow(
      why,
    );
  });

  it('by caller without identify are refused, and two of one name', async () => {
    const { gateway, config } = await world([{ name: 'q', limit: 1 }]);
    const { servers, listen } = config;
    const quotas = [{ name: 'q', limit: 1, per: ['caller'] }];
    expect(() => gateway.reload({ servers, listen: { port: 0 }, quotas })).toThrow(
      'quotas[0].per[0] cannot tell callers apart',
    );
    const twice = [
      { name: 'q', limit: 1 },
      { name: 'q', limit: 2 },
    ];
    expect(() => gateway.reload({ servers, ...(listen && { listen }), quotas: twice })).toThrow(
      'quotas[1].name is named "q"',
    );
  });
});
