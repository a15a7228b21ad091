import { readFileSync } from 'node:fs';
import https from 'node:https';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Certificates, certificates } from '../test/certificates.ts';
import { answering, bodyOf, headersOf, read, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import {
  type AdminConfig,
  type AuditConfig,
  createGateway,
  type GatewayConfig,
  type GatewayOptions,
  parseConfig,
} from './index.ts';

const TOKEN = 'planted-operator-token';
const env = { ADMIN: TOKEN };

interface Pair {
  readonly cert: string;
  readonly key: string;
}

type Own = Partial<Omit<AdminConfig, 'tls'>> & { readonly tls?: Partial<NonNullable<AdminConfig['tls']>> };

/** A gateway whose two ports speak TLS and ask for certificates of the same authority. */
async function secured(own: Own = {}, options: GatewayOptions = {}) {
  const authority = await certificates();
  const server = await authority.sign('localhost', 'IP:127.0.0.1');
  const spoken = { cert: server.cert, key: { file: server.key }, clientCa: authority.ca };
  const { url } = await upstream(answering());
  const config: GatewayConfig = {
    listen: { port: 0, publicUrl: 'https://mcp.example.com', tls: spoken },
    allowedHosts: ['*'],
    identify: { certificates: [{ commonName: 'agent' }] },
    servers: { s: { path: '/mcp', replicas: [url] } },
    admin: { port: 0, tokens: { ops: { env: 'ADMIN' } }, ...own, tls: { ...spoken, ...own.tls } },
  };
  const gateway = createGateway(config, { env, ...options });
  onTestFinished(async () => {
    await gateway.close({ timeoutMs: 0 });
  });
  const { url: tools, admin = '' } = await gateway.listen();
  return { gateway, config, authority, server, tools, admin, ask: asker(authority, admin) };
}

interface Ask extends https.RequestOptions, Pick<tls.ConnectionOptions, 'session'> {
  readonly pair?: Pair;
  readonly token?: string;
  readonly body?: string | Buffer;
}

function asker({ ca }: Certificates, base: string) {
  return (target: string, { pair, token, body, headers, ...more }: Ask = {}) =>
    new Promise<Awaited<ReturnType<typeof read>>>((resolve, reject) => {
      const shown = pair && { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const sent = { ...authorization, ...(headers as object) };
      const options = { ca: readFileSync(ca), agent: false, ...shown, ...more, headers: sent };
      const req = https.request(new URL(target, base), options);
      req.on('response', (res) => read(res).then(resolve, reject));
      req.on('error', reject);
      req.end(body);
    });
}

describe('TLS at the admin port', () => {
  it('is all that is spoken there, and its token works as ever', async () => {
    const { ask, admin } = await secured();
    expect(admin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask('/readyz')).json).toEqual({ status: 'ready' });
    expect((await ask('/plan')).status).toBe(401);
    expect((await ask('/plan', { token: TOKEN })).status).toBe(200);
    await expect(fetch(`${admin.replace('https', 'http')}/readyz`)).rejects.toThrow();
    await expect(ask('/readyz', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  });

  it('takes up another certificate on reload, and keeps the one before for a bad one', async () => {
    const { gateway, config, authority, server, admin } = await secured();
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const port = Number(new URL(admin).port);
        const socket = tls.connect({ port, host: '127.0.0.1', ca: readFileSync(authority.ca) }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const using = ({ cert, key }: Pair): GatewayConfig => ({
      ...config,
      admin: { ...config.admin, tls: { cert, key: { file: key }, clientCa: authority.ca } },
    });
    const next = await authority.sign('renewed', 'IP:127.0.0.1');
    gateway.reload(using(next));
    expect(await shown()).toBe('renewed');
    expect(() => gateway.reload(using({ ...next, cert: server.cert }))).toThrow(/^admin\.tls cannot be used/);
    expect(await shown()).toBe('renewed');
  });
});

it('begins or ceases to speak TLS at the admin port by a restart alone', async () => {
  const authority = await certificates();
  const { cert, key } = await authority.sign('localhost', 'IP:127.0.0.1');
  const [plain, spoken, asking]: GatewayConfig[] = [
    {},
    { tls: { cert, key: { file: key } } },
    { tls: { cert, key: { file: key }, clientCa: authority.ca } },
  ].map((own) => ({
    listen: { port: 0 },
    admin: { port: 0, ...own },
    servers: { s: { replicas: ['http://h/'] } },
  }));
  if (plain === undefined || spoken === undefined || asking === undefined) throw new Error('there are three');
  for (const [before, after] of [
    [plain, spoken],
    [spoken, plain],
    [spoken, asking],
  ] as const) {
    const gateway = createGateway(before, { env });
    await gateway.listen();
    expect(() => gateway.reload(after)).toThrow('admin.tls cannot change without a restart');
    await gateway.close({ timeoutMs: 0 });
  }
});

describe('a client certificate at the admin port', () => {
  it('that is good for the tools opens nothing', async () => {
    const { ask, authority, tools } = await secured({ certificates: [{ commonName: 'operator' }] });
    const pair = await authority.sign('agent');
    const call = { method: 'POST', headers: headersOf({}), body: bodyOf({}), pair };
    expect((await asker(authority, tools)('/mcp', call)).status).toBe(200);
    const targets = ['/metrics', '/servers', '/plan', '/audit', '/pins', '/no-such', '/mcp'];
    for (const target of targets) expect((await ask(target, { pair })).status, target).toBe(401);
    for (const target of ['/reload', '/drain', '/pins/approve', '/pins/reject'])
      expect((await ask(target, { pair, method: 'POST' })).status, target).toBe(401);
    expect((await ask('/readyz')).json).toEqual({ status: 'ready' });
    // Nor does the certificate of an operator call a tool.
    const other = { ...call, pair: await authority.sign('operator') };
    expect((await asker(authority, tools)('/mcp', other)).status).toBe(401);
  });

  it('is an operator by the first rule that fits, and on record as a certificate', async () => {
    const { gateway, config, ask, authority } = await secured({
      certificates: [{ uri: 'spiffe://example.org/ops/*' }, { commonName: 'ops' }],
    });
    const audit: AuditConfig = {};
    gateway.reload({ ...config, audit, store: `sqlite:${authority.ca}.db` });
    const ann = await authority.sign('ann', 'URI:spiffe://example.org/ops/ann');
    const same = await authority.sign('ops');
    for (const pair of [ann, same]) expect((await ask('/drain', { pair, method: 'POST' })).status).toBe(200);
    await ask('/drain', { token: TOKEN, method: 'POST' });
    const deeds = async () => {
      const { text } = await ask('/audit?event=admin', { pair: ann });
      const rows = text.trim().split('\n').filter(Boolean);
      const records = rows.map((row) => JSON.parse(row).record);
      return records.filter(({ what }) => what === 'POST /drain').map(({ operator }) => operator);
    };
    await until(async () => (await deeds()).length === 3);
    const names = ['ops', 'certificate:ops', 'certificate:spiffe://example.org/ops/ann'];
    expect(await deeds()).toEqual(names);
  });

  it('of another authority, of none, or beyond its time is none', async () => {
    const certificate = [{ commonName: 'operator' }];
    const clock = { now: Date.now() };
    const { ask, authority } = await secured({ certificates: certificate }, { clock: () => clock.now });
    const pair = await authority.sign('operator');
    expect((await ask('/plan', { pair: await (await certificates()).sign('operator') })).status).toBe(401);
    expect((await ask('/plan', { pair })).status).toBe(200);
    expect((await ask('/plan', { pair, token: 'wrong' })).status).toBe(401);
    clock.now += 2 * 86_400_000;
    expect((await ask('/plan', { pair })).status).toBe(401);
  });

  it('can be the condition of connecting at all, beside the token', async () => {
    const { ask, authority } = await secured({ tls: { clientCertificates: 'require' } });
    const pair = await authority.sign('anyone');
    await expect(ask('/readyz')).rejects.toThrow();
    await expect(ask('/plan', { token: TOKEN })).rejects.toThrow();
    const stranger = await (await certificates()).sign('anyone');
    await expect(ask('/plan', { token: TOKEN, pair: stranger })).rejects.toThrow();
    expect((await ask('/plan', { pair })).status).toBe(401);
    expect((await ask('/plan', { pair, token: TOKEN })).status).toBe(200);
  });

  it('no longer counts when its rule or its authority has left with a reload', async () => {
    const { gateway, config, ask, authority, admin } = await secured({
      certificates: [{ commonName: 'operator' }],
    });
    const pair = await authority.sign('operator');
    const agent = new https.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const session = await sessionOf(admin, authority, pair);
    expect((await ask('/plan', { pair, agent })).status).toBe(200);
    const without = { ...config.admin, certificates: [{ commonName: 'other' }] };
    gateway.reload({ ...config, admin: without });
    expect((await ask('/plan', { pair, agent })).status).toBe(401);
    const left = { ...config.admin?.tls, clientCa: (await certificates()).ca } as NonNullable<
      AdminConfig['tls']
    >;
    expect((await ask('/readyz', { pair, session })).status).toBe(200);
    gateway.reload({ ...config, admin: { ...config.admin, tls: left } });
    expect((await ask('/plan', { pair, session })).status).toBe(401);
  });

  it('is not shown on behalf of a page', async () => {
    const { ask, authority } = await secured({ certificates: [{ commonName: 'operator' }] });
    const pair = await authority.sign('operator');
    const from = (site: string) => ask('/servers', { pair, headers: { 'sec-fetch-site': site } });
    expect((await from('cross-site')).status).toBe(403);
    expect((await from('same-site')).status).toBe(403);
    expect((await from('none')).status).toBe(200);
  });
});

describe('the admin port beyond loopback', () => {
  const plan = (admin: string) => () =>
    parseConfig(`{ admin: ${admin}, servers: { s: { replicas: [http://h/] } } }`).plan.admin;

  it('needs TLS, or the explicit word that it goes without', () => {
    expect(plan('{ host: 0.0.0.0, allowedHosts: [ops] }')).toThrow(
      /admin\.host "0\.0\.0\.0" can be reached from other machines, and without TLS tokens cross the network in the clear; set admin\.tls, bind 127\.0\.0\.1, or say "expose: true" under admin/,
    );
    expect(plan('{ host: 0.0.0.0, expose: true }')).toThrow(/set admin\.allowedHosts/);
    expect(plan('{ host: 0.0.0.0, allowedHosts: [ops], expose: true }')()?.tls).toBeUndefined();
    const tls = 'tls: { cert: c.pem, key: { file: k.pem } }';
    expect(plan(`{ host: 0.0.0.0, allowedHosts: [ops], ${tls} }`)()?.tls).toMatchObject({ cert: 'c.pem' });
    expect(plan(`{ host: 0.0.0.0, ${tls} }`)).toThrow(/set admin\.allowedHosts/);
  });

  it('has rules for certificates that can hold', () => {
    const tls = 'tls: { cert: c.pem, key: { file: k.pem } }';
    expect(plan('{ certificates: [{ commonName: ops }] }')).toThrow(
      'admin.certificates need admin.tls.clientCa',
    );
    expect(plan(`{ ${tls}, certificates: [{ commonName: ops }] }`)).toThrow('need admin.tls.clientCa');
    expect(plan('{ certificates: [{ commonName: "*" }] }')).toThrow('fits every certificate');
    expect(plan('{ certificates: [{ commonName: a, dns: b }] }')).toThrow(/needs one of .* and has 2/);
    expect(plan('{ certificates: [{ commonName: a, scopes: [x] }] }')).toThrow(/scopes/);
    expect(plan(`{ tls: { cert: c.pem, key: { file: k.pem }, clientCertificates: require } }`)).toThrow(
      'admin.tls.clientCertificates needs clientCa',
    );
  });
});

it('goes by the tokens before where a reload fails elsewhere', async () => {
  const { gateway, config, ask } = await secured();
  const admin = { ...config.admin, tokens: { next: { env: 'ADMIN' } } };
  const broken = { ...config, admin, state: { url: 'redis://127.0.0.1:1', password: { env: 'NONE' } } };
  const quotas = [{ name: 'q', limit: 1, every: '1s' }] as const;
  expect(() => gateway.reload({ ...broken, quotas, admin: { ...admin, tokens: {} } })).toThrow(/NONE/);
  expect((await ask('/plan', { token: TOKEN })).status).toBe(200);
});

// ---

/** A session that a connection with that certificate has begun. */
async function sessionOf(admin: string, { ca }: Certificates, { cert, key }: Pair): Promise<Buffer> {
  const sessions: Buffer[] = [];
  const options = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(ca) };
  const socket = tls.connect({ ...options, port: Number(new URL(admin).port), host: '127.0.0.1' });
  socket.on('session', (session) => sessions.push(session));
  await until(() => sessions.length > 0);
  socket.destroy();
  const [session] = sessions;
  if (session === undefined) throw new Error('no session');
  return session;
}
