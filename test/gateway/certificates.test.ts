import { readFileSync } from 'node:fs';
import https from 'node:https';
import tls from 'node:tls';
import type { GatewayConfig, ListenTlsConfig } from '@switchyard/gateway';
import { describe, expect, it } from 'vitest';
import { certificates } from '../../packages/gateway/test/certificates.ts';
import {
  answering,
  bodyOf,
  headersOf,
  read,
  startGateway,
  upstream,
} from '../../packages/gateway/test/support.ts';
import { until } from '../../packages/gateway/test/until.ts';
import { startIssuer } from './issuer.ts';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

async function secured(identify: GatewayConfig['identify'], clients: Partial<ListenTlsConfig> = {}) {
  const authority = await certificates();
  const own = await authority.sign('localhost', 'IP:127.0.0.1');
  const server = await upstream(answering());
  const listen = {
    port: 0,
    publicUrl: 'https://mcp.example.com',
    tls: { cert: own.cert, key: { file: own.key }, ...clients, clientCa: clients.clientCa ?? authority.ca },
  };
  const config: GatewayConfig = {
    listen,
    ...(identify && { identify }),
    servers: { a: { replicas: [server.url] } },
  };
  const running = await startGateway(config);
  const call = async (
    pair?: Pair,
    more: https.RequestOptions & Pick<tls.ConnectionOptions, 'session'> = {},
  ) => {
    const client = pair && { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
    const ca = readFileSync(authority.ca);
    const { headers, ...rest } = more;
    return new Promise<Awaited<ReturnType<typeof read>>>((resolve, reject) => {
      const req = https.request(`${running.url}/servers/a/mcp`, {
        ...{ method: 'POST', headers: { ...headersOf({}), ...(headers as object) }, ca, agent: false },
        ...client,
        ...rest,
      });
      req.on('response', (res) => read(res).then(resolve, reject));
      req.on('error', reject);
      req.end(bodyOf({}));
    });
  };
  return { ...running, authority, own, server, config, call };
}

describe('TLS', () => {
  it('is spoken to callers, and said to servers [AUTH-203]', async () => {
    const { url, call, server } = await secured(undefined);
    expect(url).toMatch(/^https:/);
    expect((await call()).status).toBe(200);
    expect(server.seen[0]?.headers['x-forwarded-proto']).toBe('https');
    const old = call(undefined, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
    await expect(old).rejects.toThrow();
  });

  it('takes up a new certificate on reload, and refuses a bad one', async () => {
    const { gateway, authority, config, port, own } = await secured(undefined);
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tls.connect({ port, host: '127.0.0.1', ca: readFileSync(authority.ca) }, () => {
          const { CN } = socket.getPeerCertificate().subject;
          resolve(String(CN));
          socket.destroy();
        });
        socket.on('error', reject);
      });
    expect(await shown()).toBe('localhost');
    const next = await authority.sign('renewed', 'IP:127.0.0.1');
    const using = (cert: string, key: string): GatewayConfig => ({
      ...config,
      listen: { ...config.listen, tls: { cert, key: { file: key }, clientCa: authority.ca } },
    });
    gateway.reload(using(next.cert, next.key));
    expect(await shown()).toBe('renewed');
    expect(() => gateway.reload(using(own.cert, next.key))).toThrow('listen.tls cannot be used');
    expect(await shown()).toBe('renewed');
  });
});

describe('a client certificate', () => {
  it('says who calls, by the first rule that fits', async () => {
    const { call, authority } = await secured({
      certificates: [
        { uri: 'spiffe://example.org/agents/*', tenant: 'acme', scopes: ['write'] },
        { commonName: 'billing' },
      ],
      scopes: { tools: { add: ['write'] } },
    });
    expect((await call(await authority.sign('one', 'URI:spiffe://example.org/agents/one'))).status).toBe(200);
    expect((await call(await authority.sign('billing'))).status).toBe(403);
    expect((await call(await authority.sign('other', 'URI:spiffe://example.org/people/eve'))).status).toBe(
      401,
    );
    expect((await call()).status).toBe(401);
  });

  it('of another authority, or of none, is no certificate', async () => {
    const identify = { certificates: [{ commonName: 'billing' }] };
    const { call, server } = await secured(identify);
    expect((await call(await (await certificates()).sign('billing'))).status).toBe(401);
    const strict = await secured(identify, { clientCertificates: 'require' });
    await expect(strict.call(await (await certificates()).sign('billing'))).rejects.toThrow();
    await expect(strict.call()).rejects.toThrow();
    expect((await strict.call(await strict.authority.sign('billing'))).status).toBe(200);
    expect([...server.seen, ...strict.server.seen]).toHaveLength(1);
  });

  it('whose authority has left with a reload does not count in a resumed session either', async () => {
    const { call, gateway, authority, config, port } = await secured({
      certificates: [{ commonName: 'billing' }],
    });
    const pair = await authority.sign('billing');
    const sessions: Buffer[] = [];
    const options = {
      cert: readFileSync(pair.cert),
      key: readFileSync(pair.key),
      ca: readFileSync(authority.ca),
    };
    const first = tls.connect({ ...options, port, host: '127.0.0.1' });
    first.on('session', (session) => sessions.push(session));
    await until(() => sessions.length > 0);
    first.destroy();
    const other = await certificates();
    const listen = { ...config.listen, tls: { ...config.listen?.tls, clientCa: other.ca } } as NonNullable<
      GatewayConfig['listen']
    >;
    expect((await call(pair, { session: sessions[0] })).status).toBe(200);
    gateway.reload({ ...config, listen });
    expect((await call(pair, { session: sessions[0] })).status).toBe(401);
  });

  it('cannot borrow a name by what stands inside another', async () => {
    const { call, authority } = await secured({ certificates: [{ dns: 'admin.example.org' }] });
    for (const name of [
      'URI:http://x/, DNS:admin.example.org',
      'email:"a, DNS:admin.example.org"@x.org',
      'DNS:admin.example.org.evil.com',
    ])
      expect((await call(await authority.sign('eve', name))).status).toBe(401);
    expect((await call(await authority.sign('ann', 'DNS:admin.example.org'))).status).toBe(200);
  });

  it('is what a token may be bound to', async () => {
    const issuer = await startIssuer();
    const issuers = [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }];
    const { call, authority } = await secured({ issuers });
    const [mine, other] = [await authority.sign('mine'), await authority.sign('other')];
    const { X509Certificate, createHash } = await import('node:crypto');
    const { raw } = new X509Certificate(readFileSync(mine.cert));
    const cnf = { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') };
    const authorization = `Bearer ${await issuer.sign({ aud: 'https://mcp.example.com/servers/a/mcp', cnf })}`;
    expect((await call(mine, { headers: { authorization } })).status).toBe(200);
    expect((await call(other, { headers: { authorization } })).status).toBe(401);
    expect((await call(undefined, { headers: { authorization } })).status).toBe(401);
  });
});
