import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificates, textOf } from '../../../test/certificates.ts';
import { answering, nowhere, post, startGateway, upstream } from '../../../test/support.ts';
import { ConfigError, type GatewayOptions, type ServerConfig } from '../../index.ts';

async function tlsUpstream(
  options: ServerOptions,
): Promise<{ port: number; clients: (string | string[] | undefined)[] }> {
  const clients: (string | string[] | undefined)[] = [];
  const server = createServer(options, (req, res) => {
    // Requests of a TLS server come over TLS sockets.
    clients.push((req.socket as TLSSocket).getPeerCertificate().subject?.CN);
    answering('tls')(req, res);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port, clients };
}

function to(url: string, server: Partial<ServerConfig>, options: GatewayOptions = {}) {
  return startGateway({ servers: { s: { path: '/mcp', retries: 0, ...server, replicas: [url] } } }, options);
}

/** A name service that says so, whatever it is asked. */
function naming(address: () => string): LookupFunction {
  return (_, { all }, callback) => {
    if (all === true) callback(null, [{ address: address(), family: 4 }]);
    else callback(null, address(), 4);
  };
}

describe('TLS to replicas', () => {
  it('holds the certificate against the authority and the name that are configured', async () => {
    const authority = await certificates();
    const { cert, key } = await authority.sign('shop.internal');
    const up = await tlsUpstream({ cert: textOf(cert), key: textOf(key) });
    const url = `https://127.0.0.1:${up.port}/mcp`;
    const { ca } = authority;
    const trusting = await to(url, { tls: { ca, serverName: 'shop.internal' } });
    expect((await post(trusting.url)).json.result.from).toBe('tls');
    for (const tls of [
      {},
      { ca },
      { ca, serverName: 'other.internal' },
      { ca: (await certificates()).ca, serverName: 'shop.internal' },
    ]) {
      const { url: at } = await to(url, { tls });
      const { status, json } = await post(at);
      expect([status, json.error.data.reason]).toEqual([503, 'no-replica']);
    }
    expect(up.clients).toHaveLength(1);
  });

  it("shows the gateway's own certificate to a server that asks", async () => {
    const authority = await certificates();
    const server = await authority.sign('shop.internal');
    const own = await authority.sign('gateway.internal');
    const up = await tlsUpstream({
      ...{ cert: textOf(server.cert), key: textOf(server.key), ca: textOf(authority.ca) },
      ...{ requestCert: true, rejectUnauthorized: true },
    });
    const tls = {
      ca: authority.ca,
      serverName: 'shop.internal',
      certificate: own.cert,
      key: { file: own.key },
    };
    const { url } = await to(`https://127.0.0.1:${up.port}/mcp`, { tls });
    expect((await post(url)).status).toBe(200);
    expect(up.clients).toEqual(['gateway.internal']);
  });

  it('takes no plan into use whose files cannot be read, and the one before stays', async () => {
    const up = await upstream(answering());
    const servers = { s: { path: '/mcp', replicas: [up.url] } };
    const { gateway, url } = await startGateway({ servers });
    const tls = { ca: '/nowhere/ca.pem' };
    const broken = {
      listen: { port: 0 },
      servers: { s: { ...servers.s, replicas: ['https://127.0.0.1/'], tls } },
    };
    expect(() => gateway.reload(broken)).toThrow(ConfigError);
    expect(() => gateway.reload(broken)).toThrow('servers.s.tls.ca refers to /nowhere/ca.pem');
    expect((await post(url)).status).toBe(200);
  });

  it('speaks HTTP/2 where the server agrees to, and not where it does not', async () => {
    const authority = await certificates();
    const { cert, key } = await authority.sign('shop.internal');
    const http1 = await tlsUpstream({ cert: textOf(cert), key: textOf(key) });
    const tls = { ca: authority.ca, serverName: 'shop.internal' };
    const { url } = await to(`https://127.0.0.1:${http1.port}/mcp`, { tls, http2: true });
    expect((await post(url)).json.error.data.reason).toBe('no-replica');
  });
});

describe('the addresses of replicas', () => {
  const metadata = () => '169.254.169.254';

  it.each([
    ['public', '127.0.0.1'],
    ['public', '10.0.0.1'],
    ['public', '169.254.169.254'],
    ['private', '169.254.169.254'],
    ['private', '93.184.216.34'],
  ] as const)('network: %s dials no name that leads to %s', async (network, address) => {
    const { url, events } = await to(
      'http://shop.example:80/mcp',
      { network },
      { lookup: naming(() => address) },
    );
    expect((await post(url)).json.error.data).toMatchObject({ reason: 'no-replica', mayHaveRun: false });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'upstream-failed', why: 'FORBIDDEN_ADDRESS' }),
    );
  });

  it('are looked at whenever a connection is made: a name that turns is not followed', async () => {
    const up = await upstream((req, res) => {
      res.setHeader('connection', 'close');
      answering()(req, res);
    });
    let address = '127.0.0.1';
    const url = up.url.replace('127.0.0.1', 'shop.example');
    const gateway = await to(url, { network: 'private' }, { lookup: naming(() => address) });
    expect((await post(gateway.url)).status).toBe(200);
    address = metadata();
    expect((await post(gateway.url)).json.error.data.reason).toBe('no-replica');
    expect(up.seen).toHaveLength(1);
  });

  it('are all looked at where a name has several', async () => {
    const lookup: LookupFunction = (_, __, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ]);
    const up = await upstream(answering());
    const gateway = await to(up.url.replace('127.0.0.1', 'shop.example'), { network: 'private' }, { lookup });
    expect((await post(gateway.url)).status).toBe(503);
    expect(up.seen).toHaveLength(0);
  });

  it('that stand in the configuration are held against the setting when it is loaded', async () => {
    for (const url of ['http://169.254.169.254/', 'http://[::ffff:169.254.169.254]/', 'http://8.8.8.8/']) {
      await expect(to(url, { network: 'private' })).rejects.toThrow('network: private');
    }
    await expect(to('http://127.0.0.1/', { network: 'public' })).rejects.toThrow('servers.s.replicas[0]');
  });

  it('are whatever the name says where nothing is configured', async () => {
    const up = await upstream(answering());
    const gateway = await to(
      up.url.replace('127.0.0.1', 'shop.example'),
      {},
      { lookup: naming(() => '127.0.0.1') },
    );
    expect((await post(gateway.url)).status).toBe(200);
    const none = await to(await nowhere(), { network: 'private' });
    expect((await post(none.url)).status).toBe(503);
  });
});
