import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, numbered } from '../test/cacheable.ts';
import { certificates, textOf } from '../test/certificates.ts';
import { NO_REDIS, ownRedis } from '../test/redis.ts';
import { answering, post, startGateway, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import {
  createLogger,
  type GatewayConfig,
  type GatewayEvent,
  parseConfig,
  type StateSettings,
} from './index.ts';

/** As OpenSSL calls it where the authority is unknown, or another of the same name. */
const UNTRUSTED = /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE)$/;
const QUOTAS = [{ name: 'q', limit: 5, every: '1h' }];

/** A Redis of one's own that speaks TLS, with the authority that vouches for it. */
async function redisWithTls(name = 'IP:127.0.0.1', clients = false) {
  const authority = await certificates();
  const server = await authority.sign('redis', name);
  const redis = await ownRedis([], { ...server, ...(clients ? { clientCa: authority.ca } : {}) });
  return redis && { authority, redis, server };
}

/** A gateway that counts in that state, and what it says of its readiness. */
async function counting(state: StateSettings | string, more: Partial<GatewayConfig> = {}) {
  const { url } = await upstream(answering());
  const config: GatewayConfig = {
    ...{ state, quotas: QUOTAS, admin: { port: 0 }, servers: { s: { path: '/mcp', replicas: [url] } } },
    ...more,
  };
  const running = await startGateway({ ...config, listen: { port: 0 } });
  const admitted = async (count: number) => {
    let yes = 0;
    for (let i = 0; i < count; i++) if ((await post(running.url)).status === 200) yes += 1;
    return yes;
  };
  const lost = () => running.events.filter(({ type }) => type === 'state-lost');
  return { ...running, config, admitted, lost, readiness: readinessOf(running.admin) };
}

function readinessOf(admin: string): () => Promise<unknown> {
  return async () => {
    const res = await fetch(`${admin}/readyz`);
    return [res.status, await res.json()];
  };
}

/** What everybody gets to know of a state that cannot be used. */
const refused = (advice: string) => [
  503,
  { status: 'state-refused', error: expect.stringContaining(advice) },
];

describe('state over TLS', () => {
  it('counts quotas for all instances, with the authority named in the configuration', async ({ skip }) => {
    const own = await redisWithTls();
    if (own === undefined) return skip(NO_REDIS);
    const state = { url: own.redis.url, ca: own.authority.ca, timeout: '2s' };
    const [one, two] = [await counting(state), await counting(state)];
    expect((await one.admitted(3)) + (await two.admitted(4))).toBe(5);
    expect(await own.redis.ask('KEYS *')).toContain('switchyard:quota:rate:q:');
    expect([...one.lost(), ...two.lost()]).toEqual([]);
    expect(await one.readiness()).toEqual([200, { status: 'ready' }]);
  });

  it('keeps answers for all instances', async ({ skip }) => {
    const own = await redisWithTls();
    if (own === undefined) return skip(NO_REDIS);
    const up = await numbered();
    const gateway = () =>
      startGateway({
        state: { url: own.redis.url, ca: own.authority.ca, timeout: '2s' },
        cache: { store: 'state' },
        servers: { s: { path: '/mcp', replicas: [up.url], trusted: true } },
      });
    const [one, two] = [await gateway(), await gateway()];
    expect((await ask(one.url)).json.result.n).toBe(1);
    await until(async () => (await own.redis.ask('KEYS *')).includes('switchyard:cache:entry:'));
    expect((await ask(two.url)).json.result.n).toBe(1);
    expect(up.got).toHaveLength(1);
    expect(two.gateway.stats().cache).toMatchObject({ hits: 1, misses: 0 });
  });

  it('is lost and found again like any other', async ({ skip }) => {
    const own = await redisWithTls();
    if (own === undefined) return skip(NO_REDIS);
    const { admitted, events, lost, readiness } = await counting({
      ...{ url: own.redis.url, ca: own.authority.ca, timeout: '2s' },
    });
    expect(await admitted(2)).toBe(2);
    await own.redis.kill();
    expect(await admitted(1)).toBe(1);
    await own.redis.restart();
    await until(() => events.some(({ type }) => type === 'state-back'));
    expect(lost()).toHaveLength(1);
    expect(await readiness()).toEqual([200, { status: 'ready' }]);
  });

  it('leaves readiness alone where it has worked: to take every instance out would help nobody', async ({
    skip,
  }) => {
    const own = await redisWithTls();
    if (own === undefined) return skip(NO_REDIS);
    const { lost, readiness } = await counting({
      ...{ url: own.redis.url, ca: own.authority.ca, timeout: '2s' },
    });
    expect(await readiness()).toEqual([200, { status: 'ready' }]);
    await own.redis.kill();
    const other = await (await certificates()).sign('redis', 'IP:127.0.0.1');
    copyFileSync(other.cert, own.server.cert);
    copyFileSync(other.key, own.server.key);
    await own.redis.restart();
    await until(() => lost().some((event) => 'advice' in event));
    expect(await readiness()).toEqual([200, { status: 'ready' }]);
  });

  it('shows a certificate to a server that asks', async ({ skip }) => {
    const own = await redisWithTls('IP:127.0.0.1', true);
    if (own === undefined) return skip(NO_REDIS);
    const { cert, key } = await own.authority.sign('gateway');
    const state = { url: own.redis.url, ca: own.authority.ca, timeout: '2s' };
    const shown = await counting({ ...state, certificate: cert, key: { file: key } });
    expect(await shown.admitted(6)).toBe(5);
    expect(shown.lost()).toEqual([]);
    // The server cuts connections without: each instance then counts by itself.
    const without = await counting(state);
    expect(await without.admitted(1)).toBe(1);
    expect(without.lost().length).toBeGreaterThan(0);
  });
});

describe('a state that will not do', () => {
  it.for(['another', 'no'])(
    'is refused where %s authority is trusted, and said at start and by readiness',
    async (which, { skip }) => {
      const own = await redisWithTls();
      if (own === undefined) return skip(NO_REDIS);
      const ca = which === 'no' ? {} : { ca: (await certificates()).ca };
      const { lost, readiness, admitted, config, gateway } = await counting({
        ...{ url: own.redis.url, timeout: '2s' },
        ...ca,
      });
      expect(await readiness()).toEqual(refused('set state.ca to the file of the authority'));
      const since = Date.now();
      // At start, before anything was asked; once, though it is tried again and again.
      await until(() => Date.now() - since > 2500);
      expect(lost()).toEqual([
        {
          type: 'state-lost',
          why: expect.stringMatching(UNTRUSTED),
          advice: expect.stringContaining('set state.ca'),
        },
      ]);
      expect(said(lost()[0])).toMatch(/the shared state cannot be reached: [A-Z_]+; .* set state\.ca/);
      // Quotas that are to go on do; nothing was sent to a server that nobody vouches for.
      expect(await admitted(5)).toBe(5);
      expect(await own.redis.ask('KEYS *')).not.toContain('switchyard:');
      gateway.reload({
        ...config,
        listen: { port: 0 },
        state: { url: own.redis.url, ca: own.authority.ca, timeout: '2s' },
      });
      expect(await readiness()).toEqual([200, { status: 'ready' }]);
    },
  );

  it('is refused under another name', async ({ skip }) => {
    const own = await redisWithTls('DNS:redis.internal');
    if (own === undefined) return skip(NO_REDIS);
    const { readiness } = await counting({ url: own.redis.url, ca: own.authority.ca, timeout: '2s' });
    expect(await readiness()).toEqual(refused('use a name of the certificate as the host of state.url'));
  });

  it('is refused where no TLS can be agreed on', async () => {
    const authority = await certificates();
    const { cert, key } = await authority.sign('redis', 'IP:127.0.0.1');
    const rsaOnly = { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' } as const;
    const server = tls.createServer({ cert: textOf(cert), key: textOf(key), ...rsaOnly });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { readiness } = await counting({ url: `rediss://127.0.0.1:${port}`, ca: authority.ca });
    expect(await readiness()).toEqual(refused('no TLS could be agreed on'));
  });

  it('is refused without its password', async ({ skip }) => {
    const redis = await ownRedis(['--requirepass', 'open sesame']);
    if (redis === undefined) return skip(NO_REDIS);
    const { readiness, events } = await counting({ url: redis.url, timeout: '2s' });
    expect(await readiness()).toEqual(refused('set state.password'));
    expect(JSON.stringify(events)).not.toContain('sesame');
  });

  it('is refused where it is a Redis Cluster, and said at start and by readiness', async ({ skip }) => {
    const redis = await ownRedis(['--cluster-enabled', 'yes']);
    if (redis === undefined) return skip(NO_REDIS);
    const { readiness, lost, admitted } = await counting({ url: redis.url, timeout: '2s' });
    expect(await readiness()).toEqual(refused('it is a Redis Cluster'));
    expect(lost()).toEqual([
      { type: 'state-lost', why: 'CLUSTER', advice: expect.stringContaining('a single server') },
    ]);
    expect(await admitted(5)).toBe(5);
    const strict = await counting(
      { url: redis.url, timeout: '2s' },
      { quotas: [{ name: 'q', limit: 5, every: '1h', onStateLoss: 'deny' }] },
    );
    expect(await strict.admitted(2)).toBe(0);
  });

  it('is said where nothing uses it yet', async ({ skip }) => {
    const own = await redisWithTls();
    if (own === undefined) return skip(NO_REDIS);
    const gateway = await startGateway({
      state: { url: own.redis.url, timeout: '2s' },
      admin: { port: 0 },
      servers: { s: { replicas: ['http://h/'] } },
    });
    const readiness = readinessOf(gateway.admin);
    expect(await readiness()).toEqual(refused('set state.ca'));
  });

  it('leaves readiness alone where it is only not there', async () => {
    const { readiness, lost } = await counting('redis://127.0.0.1:1');
    expect(await readiness()).toEqual([200, { status: 'ready' }]);
    expect(lost()).toEqual([{ type: 'state-lost', why: 'ECONNREFUSED' }]);
  });

  it('is told from the configuration where that is enough', async () => {
    const plan = (state: string) => () =>
      parseConfig(`{ state: ${state}, servers: { s: { replicas: [http://h/] } } }`).plan.state;
    for (const word of ['ca: a.pem', 'certificate: a.pem', 'key: { file: a.key }'])
      expect(plan(`{ url: redis://h, ${word} }`)).toThrow(/is there, and state\.url is not rediss:\/\//);
    expect(plan('{ url: rediss://h, certificate: a.pem }')).toThrow('needs certificate and key together');
    expect(plan('{ url: rediss://h, ca: a.pem }')()).toMatchObject({ ca: 'a.pem', own: undefined });
    const { ca } = await certificates();
    expect(textOf(ca)).toContain('CERTIFICATE');
    await expect(counting({ url: 'rediss://h', ca: `${ca}.gone` })).rejects.toThrow(
      /state\.ca refers to .*ca\.pem\.gone/,
    );
  });
});

// ---

/** The line of a log that tells of it. */
function said(event: GatewayEvent | undefined): string {
  const lines: string[] = [];
  if (event !== undefined) createLogger({ write: (line) => lines.push(line) })(event);
  return lines.join('\n');
}
